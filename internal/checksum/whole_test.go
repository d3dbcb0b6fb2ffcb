package checksum_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/checksum"
)

func TestWholeVerifiesTheCheapestChecksum(t *testing.T) {
	t.Parallel()
	content := []byte("0123456789")
	md5Sum, shaSum := md5.Sum(content), sha256.Sum256(content)
	crcSum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))
	digests := []checksum.Digest{
		{Algorithm: "md5", Sum: md5Sum[:]},
		{Algorithm: "sha-256", Sum: shaSum[:]},
		{Algorithm: "crc32c", Sum: crcSum},
		{Algorithm: "unknown", Sum: []byte{1}},
	}
	for name, tt := range map[string]struct {
		digests []checksum.Digest
		want    string
	}{
		"all":     {digests, "crc32c"},
		"hashes":  {digests[:2], "sha-256"},
		"MD5":     {digests[:1], "md5"},
		"unknown": {digests[3:], ""},
		"none":    {nil, ""},
	} {
		v := checksum.Whole(tt.digests, new(checksum.CRC))
		if tt.want == "" {
			assert.Nil(t, v, name)
			continue
		}
		for i := range content {
			require.NoError(t, v.Write(t.Context(), content[i:i+1]))
		}
		verified, err := v.Confirm(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, tt.want, verified, name)

		v = checksum.Whole(tt.digests, new(checksum.CRC))
		require.NoError(t, v.Write(t.Context(), content[1:]))
		_, err = v.Confirm(t.Context())
		require.ErrorIs(t, err, checksum.ErrMismatch, name)
	}
}
