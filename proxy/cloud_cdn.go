package proxy

import (
	"crypto/hmac"
	"crypto/sha1" // the only algorithm of Cloud CDN
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// CloudCDN signs URLs of Google Cloud CDN. Both fields are required. It may be used by many goroutines.
type CloudCDN struct {
	KeyName string // as in the backend's configuration
	Key     []byte // 16 bytes, decoded from base64
}

// SignURL appends the expiry, the name of the key and an HMAC-SHA1 of the URL so far. A missing name or a key of another
// length is an error.
func (c *CloudCDN) SignURL(rawURL string, expires time.Time) (string, error) {
	if err := c.validateKey(); err != nil {
		return "", err
	}
	separator := "?"
	if strings.Contains(rawURL, "?") {
		separator = "&"
	}
	u := rawURL + separator + "Expires=" + strconv.FormatInt(expires.Unix(), 10) + "&KeyName=" + c.KeyName
	mac := hmac.New(sha1.New, c.Key)
	mac.Write([]byte(u))
	return u + "&Signature=" + base64.URLEncoding.EncodeToString(mac.Sum(nil)), nil
}

func (c *CloudCDN) validateKey() error {
	if len(c.Key) != 16 || !token.MatchString(c.KeyName) {
		return errors.New("proxy: CloudCDN: needs a KeyName, and a Key of 16 bytes")
	}
	return nil
}
