package googleauth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// account is a service account with its token endpoint, which verifies the assertions of the account.
type account struct {
	key      *rsa.PrivateKey
	lifetime atomic.Int64 // of a token, in seconds
	revoked  atomic.Bool
	hangs    atomic.Pointer[chan struct{}] // until it is closed

	issued atomic.Int64
	last   atomic.Pointer[string]
}

// newAccount sets a new account as the Application Default Credentials. Go CDK reads them once in a process, so all
// tests share the account.
func newAccount(dir string) (*account, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "test", "private_key_id": "1", "client_email": "reader@test.iam.gserviceaccount.com",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"token_uri":   "https://" + tokenHost + "/token",
	})
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "account.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return nil, err
	}
	return &account{key: key}, os.Setenv("GOOGLE_APPLICATION_CREDENTIALS", path)
}

// reset restores the initial state of the account.
func (a *account) reset() {
	a.lifetime.Store(3600)
	a.revoked.Store(false)
	a.hangs.Store(nil)
}

// token returns the last issued token.
func (a *account) token() string {
	if p := a.last.Load(); p != nil {
		return *p
	}
	return "none was issued"
}

// serve exchanges a signed assertion (RFC 7523) for a token.
func (a *account) serve(w http.ResponseWriter, r *http.Request) {
	if c := a.hangs.Load(); c != nil {
		<-*c
	}
	w.Header().Set("Content-Type", "application/json")
	if a.revoked.Load() || !a.proven(r.FormValue("assertion")) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"the assertion was %s"}`, r.FormValue("assertion"))
		return
	}
	token := fmt.Sprintf("ya29.test-%d", a.issued.Add(1))
	a.last.Store(&token)
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, token, a.lifetime.Load())
}

func (a *account) proven(assertion string) bool {
	signed, signature, ok := cutLast(assertion, ".")
	if !ok {
		return false
	}
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	sum := sha256.Sum256([]byte(signed))
	return err == nil && rsa.VerifyPKCS1v15(&a.key.PublicKey, crypto.SHA256, sum[:], sig) == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
