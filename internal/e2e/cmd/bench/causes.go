package main

import "strings"

// cause is why targets are missed.
type cause struct {
	workloads []string
	text      string
}

// causes are in the order of the workloads. The evidence are profiles of the servers: see the flag -profile.
var causes = []cause{
	{
		[]string{"1 KiB", "h2, 1 KiB", "h2c, 1 KiB"},
		"A response has eleven header fields where http.ServeFile has four: the security headers, the entity-tag, the name and the cache " +
			"policy are more. net/http copies, sorts and writes them. `file://` also looks for attributes beside the file.",
	},
	{
		[]string{"h2, 1 KiB", "h2c, 1 KiB"},
		"The end of the stream is a frame of its own, after a flush under a time limit. Without the flush, a client without a window " +
			"would hold the response for ever, and a deadline of net/http can reset a complete stream.",
	},
	{
		[]string{"64 KiB"},
		"The file is read, confirmed to be unchanged, and then sent from memory. http.ServeFile sends pages of the file by sendfile, and " +
			"does not notice a change.",
	},
	{
		[]string{"memory, 1 KiB"},
		"The entity-tag and the content coding need a second call of the portable API. ServeContent sends neither.",
	},
	{
		[]string{"S3, 4 KiB"},
		"Most of it is net/http on both sides, which `net/http, unsigned` measures alone. The rest is the signature, the header fields, " +
			"the time limits and the resume.",
	},
	{
		[]string{"CRC-32, 256 MiB", "CRC-64/NVME, 256 MiB"},
		"The bytes are copied once, for the checksum. Without a checksum they stay in the kernel.",
	},
	{
		[]string{"X-Accel-Redirect"},
		"The directory, the file and its attributes are looked up, so that a missing file is a 404 of this server.",
	},
	{
		[]string{"capped store, first byte"},
		"The store waits for 20 ms. The rest is the machine's: `GetObject` needs the same time.",
	},
}

// causesOf lists the causes of missed targets.
func causesOf(missed map[string]bool) string {
	var b strings.Builder
	for _, c := range causes {
		var names []string
		for _, name := range c.workloads {
			if missed[name] {
				names = append(names, "`"+name+"`")
			}
		}
		if len(names) > 0 {
			b.WriteString("- " + strings.Join(names, ", ") + ": " + c.text + "\n")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nThe causes of missed targets:\n\n" + b.String()
}
