package main

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
)

// sessions are in memory: in production they are in a database, like the hashes of the passwords.
type sessions struct {
	passwords map[string]string // by user
	users     sync.Map          // by session
}

func (s *sessions) login(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	password, ok := s.passwords[user]
	if !ok || subtle.ConstantTimeCompare([]byte(r.FormValue("password")), []byte(password)) != 1 {
		http.Error(w, "wrong user or password", http.StatusForbidden)
		return
	}
	session := rand.Text()
	s.users.Store(session, user)
	http.SetCookie(w, &http.Cookie{ // in production: Secure
		Name: "session", Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// user returns the user whose session the request has.
func (s *sessions) user(r *http.Request) (name string, ok bool) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return "", false
	}
	user, ok := s.users.Load(cookie.Value)
	if !ok {
		return "", false
	}
	return user.(string), true
}
