package azure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"sync"
)

// account is a storage account and its key. It signs requests by Shared Key.
type account struct {
	name  string
	desks sync.Pool // of *desk
}

func newAccount(name, key string) (*account, error) {
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil || name == "" || len(secret) == 0 {
		return nil, errors.New("the account's key is not one")
	}
	return &account{name: name, desks: sync.Pool{New: func() any { return &desk{mac: hmac.New(sha256.New, secret)} }}}, nil
}

// environment returns the account of the environment, or nil where a shared access signature takes its place, in the
// order in which Go CDK's azblob:// URLs look for them. An error says that there is neither.
func environment() (*account, error) {
	name, key := os.Getenv("AZURE_STORAGE_ACCOUNT"), os.Getenv("AZURE_STORAGE_KEY")
	if name != "" && key != "" {
		return newAccount(name, key)
	}
	if os.Getenv("AZURE_STORAGE_SAS_TOKEN") != "" {
		return nil, nil //nolint:nilnil // nil signs nothing: the signature is in the URL
	}
	connection := os.Getenv("AZURE_STORAGE_CONNECTION_STRING")
	if connection == "" {
		connection = os.Getenv("AZURE_STORAGEBLOB_CONNECTIONSTRING")
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(connection, ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	if parts["AccountKey"] == "" {
		return nil, errors.New("the environment has no account key and no shared access signature")
	}
	return newAccount(parts["AccountName"], parts["AccountKey"])
}
