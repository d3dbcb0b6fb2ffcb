package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxCost bounds the time of one check: each step doubles it, and 14 takes about a second.
const maxCost = 14

// passwords are the bcrypt hashes of users.
type passwords map[string][]byte

func readHtpasswd(file string) (passwords, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseHtpasswd(f, file)
}

// parseHtpasswd reads lines USER:HASH. Only bcrypt is accepted: the other hashes of htpasswd can be guessed quickly. Errors
// name the line and never the hash.
func parseHtpasswd(r io.Reader, file string) (passwords, error) {
	all := passwords{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, hash, ok := strings.Cut(line, ":")
		if !ok || user == "" || user == "*" {
			return nil, fmt.Errorf("%s:%d: want USER:HASH, as htpasswd -B writes it", file, n)
		}
		if all[user] != nil {
			return nil, fmt.Errorf("%s:%d: user %q is set twice", file, n, user)
		}
		cost, err := bcrypt.Cost([]byte(hash))
		switch {
		case err != nil || len(hash) != 60:
			return nil, fmt.Errorf("%s:%d: user %q has %s; only bcrypt is accepted: run htpasswd -B %s %s",
				file, n, user, hashName(hash), file, user)
		case cost > maxCost:
			return nil, fmt.Errorf("%s:%d: user %q has a bcrypt hash of cost %d; want at most %d", file, n, user, cost, maxCost)
		}
		all[user] = []byte(hash)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no users", file)
	}
	return all, nil
}

// hashName names the kind of a hash that is not accepted.
func hashName(hash string) string {
	for prefix, name := range map[string]string{
		"$apr1$": "an MD5 hash", "$1$": "an MD5 hash", "{SHA}": "a SHA-1 hash", "$5$": "a SHA-256 hash", "$6$": "a SHA-512 hash",
		"$2": "an incomplete bcrypt hash",
	} {
		if strings.HasPrefix(hash, prefix) {
			return name
		}
	}
	if len(hash) == 13 {
		return "a crypt hash"
	}
	return "an unknown hash or a password in plain text"
}
