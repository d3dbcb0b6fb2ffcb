package azure_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/wrapper/azure"
)

// The order is Go CDK's.
func TestEnvironmentHasOneKindOfCredentials(t *testing.T) { //nolint:paralleltest // the environment is one
	const connection = "AccountName=connected;AccountKey=a2V5Cg==;EndpointSuffix=core.windows.net"
	for _, tt := range []struct {
		name                          string
		account, key, sas, connection string
		wantAccount                   string
		wantSAS, wantErr              bool
	}{
		{"account and key", "named", "a2V5", "sig=x", connection, "named", false, false},
		{"shared access signature", "named", "", "sig=x", connection, "", true, false},
		{"connection string", "", "", "", connection, "connected", false, false},
		{"connection string, and an account without a key", "named", "", "", connection, "connected", false, false},
		{"connection string without a key", "", "", "", "AccountName=connected;SharedAccessSignature=sig", "", false, true},
		{"key that is not base64", "named", "!", "", "", "", false, true},
		{"key without an account", "", "a2V5", "", "", "", false, true},
		{"none", "", "", "", "", "", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("AZURE_STORAGE_ACCOUNT", tt.account)
			t.Setenv("AZURE_STORAGE_KEY", tt.key)
			t.Setenv("AZURE_STORAGE_SAS_TOKEN", tt.sas)
			t.Setenv("AZURE_STORAGE_CONNECTION_STRING", tt.connection)
			account, sas, err := azure.Environment()
			assert.Equal(t, tt.wantAccount, account)
			assert.Equal(t, tt.wantSAS, sas)
			assert.Equal(t, tt.wantErr, err != nil, "%v", err)
		})
	}
}
