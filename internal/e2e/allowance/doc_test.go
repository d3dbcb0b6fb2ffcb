// Package allowance_test downloads links for several downloads with curl, aria2 and Chromium, from servers that share their
// account in DynamoDB, and that are killed.
package allowance_test
