package main

import (
	"fmt"
	"os/exec"
	"strings"
)

var programs = map[string]*program{
	"nginx": nginx(func(s storage) string { return "root " + s.dir + ";" }),
	"nginx proxy": nginx(func(s storage) string {
		return fmt.Sprintf(`location / {
			proxy_pass http://store/%s/;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_max_temp_file_size 0;
		}`, s.bucket)
	}),
	"Caddy": {
		path: cached("caddy"), version: []string{"version"}, module: "github.com/caddyserver/caddy/v2",
		args: func(dir string) []string {
			return []string{"run", "--config", dir + "/Caddyfile", "--adapter", "caddyfile"}
		},
		config: "Caddyfile", text: caddyConfig,
	},
	"rclone": {
		path: cached("rclone"), version: []string{"version"}, module: "github.com/rclone/rclone",
		args: func(dir string) []string {
			return []string{"serve", "http", "store:", "--config", dir + "/rclone.conf"}
		},
		env: rcloneOptions, config: "rclone.conf", text: rcloneConfig,
	},
}

// rcloneOptions are those with which it reads several parts of an object at once.
func rcloneOptions(addr string) []string {
	return []string{
		"RCLONE_ADDR=" + addr, "RCLONE_VFS_READ_CHUNK_STREAMS=8", "RCLONE_VFS_READ_CHUNK_SIZE=4M", "RCLONE_DIR_CACHE_TIME=1h",
		"RCLONE_LOG_LEVEL=ERROR",
	}
}

func rcloneConfig(s storage, _, _ string) string {
	return fmt.Sprintf(`[bench]
type = s3
provider = Other
endpoint = %s
region = us-east-1
access_key_id = %s
secret_access_key = %s

[store]
type = alias
remote = bench:%s
`, s.endpoint, accessKey, secretKey, s.bucket)
}

// nginx is one process. The function returns the content of its server block.
func nginx(server func(s storage) string) *program {
	return &program{
		path: func() (string, error) { return exec.LookPath("nginx") }, version: []string{"-v"},
		args:   func(dir string) []string { return []string{"-p", dir + "/", "-e", "stderr", "-c", "nginx.conf"} },
		config: "nginx.conf",
		text: func(s storage, _, addr string) string {
			return fmt.Sprintf(nginxConfig, strings.TrimPrefix(s.endpoint, "http://"), addr, server(s))
		},
	}
}

// Without a master, nginx does not switch to a user that a user namespace does not have.
const nginxConfig = `daemon off;
master_process off;
user root;
pid nginx.pid;
events { worker_connections 4096; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 10000000;
	default_type application/octet-stream;
	client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
	upstream store {
		server %s;
		keepalive 16;
		keepalive_requests 10000000;
	}
	server {
		listen %s;
		%s
	}
}
`

func caddyConfig(s storage, dir, addr string) string {
	return fmt.Sprintf(`{
	admin off
	auto_https off
	persist_config off
	storage file_system %s
	log {
		level ERROR
	}
}
http://:%s {
	bind 127.0.0.1
	root * %s
	file_server
}
`, dir, strings.TrimPrefix(addr, "127.0.0.1:"), s.dir)
}
