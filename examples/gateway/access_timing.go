package main

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// dummyHash returns a hash of a cost that no password is known to match.
func dummyHash(cost int) []byte {
	return fmt.Appendf(nil, "$2a$%02d$%s", cost, strings.Repeat(".", 53))
}

// fillers returns the hashes that are compared after a wrong password, in addition to the user's hash. With them each wrong
// password takes 2^cost rounds: the time of a response shows neither which users exist nor the cost of their hashes.
func fillers(hash []byte, cost int) (all [][]byte) {
	for c := costOf(hash); c < cost; c++ { // 2^c + 2^c + 2^(c+1) + … + 2^(cost-1) = 2^cost
		all = append(all, dummyHash(c))
	}
	return all
}

// costOf returns the cost of a hash, each step of which doubles the rounds.
func costOf(hash []byte) int {
	cost, _ := bcrypt.Cost(hash) // parseHtpasswd has checked it
	return cost
}
