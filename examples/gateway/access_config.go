package main

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// accessOptions choose how users are authenticated, and what they may read.
type accessOptions struct {
	mode       string // open, basic or proxy
	htpasswd   string // file
	realm      string
	userHeader string
	trusted    []string // networks of proxies
	allow      []string // USER=BUCKET[/PREFIX/]
	allowSign  []string // USER=BUCKET[/PREFIX/]
}

func (a *accessOptions) flags(fs *flag.FlagSet) {
	fs.Var(choice(&a.mode, "open", "open", "basic", "proxy"), "access",
		"`mode` of access: open, basic (HTTP Basic, with -htpasswd) or proxy (an authenticating proxy, with -user-header)")
	fs.Var(text(&a.htpasswd), "htpasswd",
		"`file` of users and their bcrypt hashes, as htpasswd -B writes it; it is read again when it changes")
	a.realm = "files"
	fs.Var(text(&a.realm), "realm", "`name` that browsers show in the login of access basic")
	fs.Var(text(&a.userHeader), "user-header", "`field` in which an authenticating proxy sends the user, such as X-Forwarded-User")
	fs.Var(networks(&a.trusted), "trusted-proxy", "`network` or address of proxies whose -user-header and X-Forwarded-For are used")
	fs.Var(pairs(&a.allow, "USER=BUCKET or USER=BUCKET/PREFIX/", "alice=docs/team/"), "allow",
		"`USER=BUCKET[/PREFIX/]` that a user may list, read and zip; the user * is every authenticated user")
	fs.Var(pairs(&a.allowSign, "USER=BUCKET or USER=BUCKET/PREFIX/", "alice=docs/team/"), "allow-sign",
		"`USER=BUCKET[/PREFIX/]` that a user may also sign links to")
}

// check rejects contradictions.
func (a *accessOptions) check(buckets []string) error {
	users := a.mode != "open"
	for _, wrong := range []struct {
		is  bool
		err error
	}{
		{a.mode != "basic" && a.htpasswd != "", fmt.Errorf("htpasswd: has no effect with access %s", a.mode)},
		{a.mode == "basic" && a.htpasswd == "", errors.New("htpasswd: not set; access basic requires it")},
		{a.mode != "proxy" && a.userHeader != "", fmt.Errorf("user-header: has no effect with access %s", a.mode)},
		{a.mode == "proxy" && a.userHeader == "", errors.New("user-header: not set; access proxy requires one such as X-Forwarded-User")},
		{a.mode == "proxy" && len(a.trusted) == 0, errors.New("trusted-proxy: not set; access proxy requires the networks of the proxy")},
		{
			a.userHeader != "" && !httpguts.ValidHeaderFieldName(a.userHeader),
			fmt.Errorf("user-header: %q: not the name of a header field", a.userHeader),
		},
		{strings.ContainsAny(a.realm, "\"\\\r\n"), fmt.Errorf("realm: %q: want a name without quotes and backslashes", a.realm)},
		{!users && len(a.allow) > 0, errors.New("allow: has no effect with access open")},
		{!users && len(a.allowSign) > 0, errors.New("allow-sign: has no effect with access open")},
		{users && len(a.allow) == 0, fmt.Errorf("allow: not set; with access %s no user could read anything", a.mode)},
	} {
		if wrong.is {
			return wrong.err
		}
	}
	_, err := a.rights(buckets)
	return err
}

// rights returns the rights of the users.
func (a *accessOptions) rights(buckets []string) (all []right, err error) {
	for _, from := range []struct {
		name     string
		elements []string
	}{{"allow", a.allow}, {"allow-sign", a.allowSign}} {
		for _, element := range from.elements {
			user, at, _ := strings.Cut(element, "=")
			if err := checkPlace(from.name, element, at, buckets); err != nil {
				return nil, err
			}
			bucket, prefix, _ := strings.Cut(at, "/")
			all = append(all, right{User: user, Bucket: bucket, Prefix: prefix, Sign: from.name == "allow-sign"})
		}
	}
	return all, nil
}

// networks returns the networks of trusted proxies. Their texts have been checked.
func (a *accessOptions) networks() (all []netip.Prefix) {
	for _, text := range a.trusted {
		if p, err := parseNetwork(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}
