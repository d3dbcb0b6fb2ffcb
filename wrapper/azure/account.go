package azure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// account is a storage account and its key.
type account struct {
	name       string
	credential *container.SharedKeyCredential // signs URLs
	buffers    sync.Pool                      // of *signBuffer, to sign requests
}

func newAccount(name, key string) (*account, error) {
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil || name == "" || len(secret) == 0 {
		return nil, errors.New("azure: storage account key: not a name and a key in base64")
	}
	credential, err := container.NewSharedKeyCredential(name, key)
	if err != nil {
		return nil, fmt.Errorf("azure: storage account key: %w", err)
	}
	a := &account{name: name, credential: credential}
	a.buffers.New = func() any { return &signBuffer{mac: hmac.New(sha256.New, secret)} }
	return a, nil
}

// environment is the credentials that the process's environment has, in the order in which Go CDK's azblob:// URLs look
// for them: an account key, a shared access signature, a connection string with an account key.
type environment struct {
	account      *account // nil if there is no valid key
	sharedAccess bool     // a shared access signature, which Go CDK adds to the container's URL
	err          error    // why there is neither
}

func readEnvironment() (e environment) {
	name, key := os.Getenv("AZURE_STORAGE_ACCOUNT"), os.Getenv("AZURE_STORAGE_KEY")
	if name == "" || key == "" {
		if os.Getenv("AZURE_STORAGE_SAS_TOKEN") != "" {
			return environment{sharedAccess: true}
		}
		name, key = connectionAccount()
	}
	if key == "" {
		return environment{err: errors.New("the environment has no account key and no shared access signature")}
	}
	e.account, e.err = newAccount(name, key)
	return e
}

// connectionAccount returns the account and the key of the connection string in the environment.
func connectionAccount() (name, key string) {
	connection := os.Getenv("AZURE_STORAGE_CONNECTION_STRING")
	if connection == "" {
		connection = os.Getenv("AZURE_STORAGEBLOB_CONNECTIONSTRING")
	}
	for part := range strings.SplitSeq(connection, ";") {
		switch field, value, _ := strings.Cut(part, "="); field {
		case "AccountName":
			name = value
		case "AccountKey":
			key = value
		}
	}
	return name, key
}
