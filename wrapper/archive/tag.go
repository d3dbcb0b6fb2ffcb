package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// tagVersion changes with the bytes that this package makes of equal members.
const tagVersion = "1"

// entityTag returns the entity-tag of the archive: a hash of all that determines its bytes. It is weak if a member has
// nothing but a weak entity-tag or a time, or if the content is compressed. It is "" if a member has no validator.
func (l *layout) entityTag() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d\n", l.format.name(), tagVersion, len(l.members))
	strong := l.size >= 0
	for i := range l.members {
		m := &l.members[i]
		v, exact := validator(&m.info)
		if v == "" {
			return ""
		}
		strong = strong && exact
		at := m.file.Location()
		for _, s := range [...]string{m.name, at.Store, at.Key, m.file.Name(), v} {
			fmt.Fprintf(h, "%d:%s", len(s), s)
		}
		fmt.Fprintf(h, " %d %d %t %t %d\n", m.info.Size, m.info.ModTime.Unix(), m.deflate, m.framed, m.crc)
	}
	return quoted(h.Sum(nil), strong)
}

// quoted returns an entity-tag of a hash.
func quoted(sum []byte, strong bool) string {
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	if !strong {
		tag = "W/" + tag
	}
	return tag
}

// strongTag reports whether an entity-tag is strong.
func strongTag(tag string) bool { return strings.HasPrefix(tag, `"`) }

// validator returns a value that differs between versions of content, and whether it is a strong one.
func validator(info *wrapper.Info) (value string, strong bool) {
	switch {
	case info.Size == 0:
		return "empty", true
	case info.Version != "":
		return "v" + info.Version, true
	case strongTag(info.ETag):
		return info.ETag, true
	}
	for _, d := range info.Digests {
		if d.Parts == 0 && len(d.Sum) >= 16 {
			return d.Algorithm + hex.EncodeToString(d.Sum), true
		}
	}
	switch {
	case info.ETag != "":
		return info.ETag, false
	case !info.ModTime.IsZero():
		return fmt.Sprint(info.ModTime.UnixNano()), false
	}
	return "", false
}

// crcAlgorithm is the name of the CRC-32 of zip archives in metadata.
const crcAlgorithm = "crc32"

// knownCRC returns the CRC-32 in the metadata.
func knownCRC(info *wrapper.Info) (crc uint32, ok bool) {
	if info.Size == 0 {
		return 0, true
	}
	for _, d := range info.Digests {
		if d.Algorithm == crcAlgorithm && d.Parts == 0 && len(d.Sum) == crc32.Size {
			return binary.BigEndian.Uint32(d.Sum), true
		}
	}
	return 0, false
}

// crcDigest returns a CRC-32 as metadata has it.
func crcDigest(crc uint32) wrapper.Digest {
	return wrapper.Digest{Algorithm: crcAlgorithm, Sum: binary.BigEndian.AppendUint32(nil, crc)}
}

// digestsOf returns the digests of content in memory.
func digestsOf(content []byte) []wrapper.Digest {
	sum := sha256.Sum256(content)
	return []wrapper.Digest{
		crcDigest(crc32.ChecksumIEEE(content)),
		{Algorithm: "sha-256", Sum: sum[:]},
	}
}
