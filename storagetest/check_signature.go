package storagetest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// schemes are the signature schemes: the parameter with the signature, and a function that returns its expiry.
var schemes = []struct {
	signature string
	expires   func(q url.Values) (time.Time, error)
}{
	{"X-Amz-Signature", lifeFrom("X-Amz-Date", "X-Amz-Expires")},    // S3, version 4
	{"X-Goog-Signature", lifeFrom("X-Goog-Date", "X-Goog-Expires")}, // Google Cloud Storage, version 4
	{"sig", sasExpiry},                // Azure
	{"Signature", expiresOrPolicy},    // S3 and Google Cloud Storage, version 2; CloudFront; Cloud CDN
	{"signature", atSecond("expiry")}, // Go CDK's fileblob
}

// readSignature returns the signature of a URL and its expiry.
func readSignature(q url.Values) (signature string, expires time.Time, err error) {
	for _, s := range schemes {
		if signature = q.Get(s.signature); signature != "" {
			expires, err = s.expires(q)
			return signature, expires, err
		}
	}
	return "", time.Time{}, errors.New("the URL has no signature of a supported scheme")
}

func lifeFrom(date, life string) func(url.Values) (time.Time, error) {
	return func(q url.Values) (time.Time, error) {
		signed, err := time.Parse("20060102T150405Z", q.Get(date))
		if err != nil {
			return time.Time{}, errors.New("the signature has no " + date)
		}
		seconds, err := strconv.ParseInt(q.Get(life), 10, 32)
		if err != nil {
			return time.Time{}, errors.New("the signature has no " + life)
		}
		return signed.Add(time.Duration(seconds) * time.Second), nil
	}
}

func atSecond(parameter string) func(url.Values) (time.Time, error) {
	return func(q url.Values) (time.Time, error) {
		seconds, err := strconv.ParseInt(q.Get(parameter), 10, 64)
		if err != nil {
			return time.Time{}, errors.New("the signature has no " + parameter)
		}
		return time.Unix(seconds, 0), nil
	}
}

func sasExpiry(q url.Values) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly} {
		if t, err := time.Parse(layout, q.Get("se")); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("the signature has no se")
}

// expiresOrPolicy returns the expiry of Expires or of a CloudFront policy.
func expiresOrPolicy(q url.Values) (time.Time, error) {
	if !q.Has("Policy") {
		return atSecond("Expires")(q)
	}
	var policy struct {
		Statement []struct {
			Condition struct {
				DateLessThan struct {
					EpochTime int64 `json:"AWS:EpochTime"`
				}
			}
		}
	}
	text, err := base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(q.Get("Policy")))
	if err == nil {
		err = json.Unmarshal(text, &policy)
	}
	if err != nil || len(policy.Statement) != 1 || policy.Statement[0].Condition.DateLessThan.EpochTime == 0 {
		return time.Time{}, errors.New("the signature's policy has no DateLessThan")
	}
	return time.Unix(policy.Statement[0].Condition.DateLessThan.EpochTime, 0), nil
}
