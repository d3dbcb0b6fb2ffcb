package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// basic authenticates users by HTTP Basic (RFC 7617) with the passwords of a file, which is read again when it changes.
type basic struct {
	file   string
	logger *slog.Logger
	slots  chan struct{} // bounds the bcrypt computations in flight
	secret []byte        // of the digests in verified

	mu       sync.Mutex
	looked   time.Time
	read     os.FileInfo // of the file
	users    passwords
	cost     int               // the highest of the users
	verified map[string][]byte // digests of passwords that have matched, by user
}

// htpasswdAge is how long the passwords are used before their file is looked at again.
const htpasswdAge = time.Second

// bcryptSlots is the number of passwords that are verified at once. Further requests wait.
const bcryptSlots = 2

func newBasic(file string, logger *slog.Logger) (*basic, error) {
	b := &basic{file: file, logger: logger, slots: make(chan struct{}, bcryptSlots), secret: make([]byte, 32)}
	_, _ = rand.Read(b.secret) // never fails
	b.looked = time.Now()
	if err := b.load(); err != nil {
		return nil, err
	}
	return b, nil
}

// user returns the user of a request, or "".
func (b *basic) user(r *http.Request) string {
	name, password, ok := r.BasicAuth()
	if !ok || len(password) > 72 { // bcrypt accepts no more
		return ""
	}
	hash, cost, digest, verified := b.find(name, password)
	if verified {
		return name
	}
	select {
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	case <-r.Context().Done():
		return ""
	}
	matches := bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil
	if !matches {
		for _, dummy := range fillers(hash, cost) {
			_ = bcrypt.CompareHashAndPassword(dummy, []byte(password))
		}
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.users[name] == nil: // removed meanwhile
		return ""
	case string(b.users[name]) == string(hash):
		b.verified[name] = digest
	}
	return name
}

// find returns the user's hash, or a dummy for an unknown user, the highest cost, the digest of the password, and whether this
// password has matched the hash before.
func (b *basic) find(name, password string) (hash []byte, cost int, digest []byte, verified bool) {
	mac := hmac.New(sha256.New, b.secret)
	_, _ = mac.Write([]byte(password))
	digest = mac.Sum(nil)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reload()
	if hash = b.users[name]; hash == nil {
		hash = dummyHash(b.cost)
	}
	return hash, b.cost, digest, hmac.Equal(b.verified[name], digest)
}

// reload reads the file if it has changed. If that fails, the last passwords stay in use.
func (b *basic) reload() {
	if time.Since(b.looked) < htpasswdAge {
		return
	}
	b.looked = time.Now()
	info, err := os.Stat(b.file)
	if err == nil && isSameFile(info, b.read) {
		return
	}
	if err == nil {
		err = b.load()
	}
	if err != nil {
		b.logger.Error("the passwords stay in use: their file cannot be read", "error", err)
	}
}

// load reads the file.
func (b *basic) load() error {
	info, err := os.Stat(b.file)
	if err != nil {
		return err
	}
	users, err := readHtpasswd(b.file)
	if err != nil {
		return err
	}
	b.cost = bcrypt.MinCost
	for _, hash := range users {
		b.cost = max(b.cost, costOf(hash))
	}
	b.users, b.read, b.verified = users, info, map[string][]byte{}
	return nil
}
