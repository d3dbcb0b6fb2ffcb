package browser_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// preferences make Firefox quiet, let it play without a gesture, and save without a dialogue.
var preferences = map[string]any{
	"app.normandy.enabled":                                       false,
	"browser.download.always_ask_before_handling_new_types":      false,
	"browser.download.alwaysOpenPanel":                           false,
	"browser.download.folderList":                                2,
	"browser.download.open_pdf_attachments_inline":               false,
	"browser.safebrowsing.downloads.enabled":                     false,
	"browser.shell.checkDefaultBrowser":                          false,
	"datareporting.policy.dataSubmissionEnabled":                 false,
	"media.autoplay.blocking_policy":                             0,
	"media.autoplay.default":                                     0,
	"network.captive-portal-service.enabled":                     false,
	"network.connectivity-service.enabled":                       false,
	"services.settings.server":                                   "data:,",
	"toolkit.telemetry.reportingpolicy.firstRun":                 false,
	"browser.startup.homepage_override.mstone":                   "ignore",
	"extensions.getAddons.cache.enabled":                         false,
	"browser.download.start_downloads_in_tmp_dir":                false,
	"browser.helperApps.deleteTempFileOnExit":                    false,
	"browser.newtabpage.activity-stream.feeds.system.topstories": false,
}

// endWithTest makes a process end with this one, also after a panic or a time limit. It is set where the system can do so.
var endWithTest = func(*exec.Cmd) {}

func startFirefox() (b *browser, stop func()) {
	b = &browser{name: "firefox"}
	program, err := exec.LookPath("firefox-esr")
	if err != nil {
		b.missing = "firefox-esr not installed (package firefox-esr)"
		return b, func() {}
	}
	dir := tempDir(b.name)
	b.saves = filepath.Join(dir, "downloads")
	var prefs strings.Builder
	preferences["browser.download.dir"] = b.saves
	for name, value := range preferences {
		v, _ := json.Marshal(value)
		fmt.Fprintf(&prefs, "user_pref(%q, %s);\n", name, v)
	}
	profile := filepath.Join(dir, "profile")
	check(os.MkdirAll(profile, 0o700), os.Mkdir(b.saves, 0o700), os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs.String()), 0o600))
	cmd := exec.Command(program, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile, "--width=800", "--height=600")
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_HEADLESS_WIDTH=800", "MOZ_HEADLESS_HEIGHT=600")
	endWithTest(cmd)
	output, err := cmd.StderrPipe()
	check(err, cmd.Start())
	lines := bufio.NewScanner(output)
	address := ""
	for address == "" && lines.Scan() {
		_, address, _ = strings.Cut(lines.Text(), "WebDriver BiDi listening on ")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	session, err := dialBiDi(address + "/session")
	check(err)
	b.open = func(t *testing.T) tab {
		t.Helper()
		return openFirefoxTab(t, session)
	}
	return b, func() {
		_ = session.call(context.Background(), "browser.close", nil, nil)
		session.close()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
}

func check(errs ...error) {
	for _, err := range errs {
		if err != nil {
			panic(err)
		}
	}
}

type firefoxTab struct {
	ctx     context.Context //nolint:containedctx // the time limit of the tab
	session *biDi
	id      string
}

func openFirefoxTab(t *testing.T, s *biDi) *firefoxTab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), tabLimit)
	t.Cleanup(cancel)
	var tree struct{ Context string }
	if err := s.call(ctx, "browsingContext.create", map[string]any{"type": "tab"}, &tree); err != nil {
		t.Fatal(err)
	}
	f := &firefoxTab{ctx, s, tree.Context}
	t.Cleanup(func() {
		_ = s.call(context.WithoutCancel(ctx), "browsingContext.close", map[string]any{"context": f.id}, nil)
	})
	return f
}

func (f *firefoxTab) navigate(url string) error {
	return f.session.call(f.ctx, "browsingContext.navigate", map[string]any{"context": f.id, "url": url, "wait": "complete"}, nil)
}

// eval runs the script in a sandbox, which works in documents that may run none.
func (f *firefoxTab) eval(script string, out any) error {
	var result struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	err := f.session.call(f.ctx, "script.evaluate", map[string]any{
		"target":       map[string]any{"context": f.id, "sandbox": "test"},
		"expression":   "(async () => JSON.stringify(await (" + script + ")))()",
		"awaitPromise": true,
	}, &result)
	if err != nil {
		return err
	}
	if e := result.ExceptionDetails; e != nil {
		return fmt.Errorf("script: %s", e.Text)
	}
	return json.Unmarshal([]byte(result.Result.Value), out)
}

func (f *firefoxTab) screenshot() ([]byte, error) {
	var shot struct{ Data string }
	if err := f.session.call(f.ctx, "browsingContext.captureScreenshot", map[string]any{"context": f.id}, &shot); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}
