package witness

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// A cosignature is taken apart here by the words of C2SP tlog-cosignature alone, without the library that made it.
func TestCosignatureIsWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/behind-the-sofa").grow(9, "a")
	w := open(t, t.TempDir(), l)
	line := post(w, l.add(0, 9)).Body.String()
	name, id64, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "— "), "\n"), " ")
	sig, err := base64.StdEncoding.DecodeString(id64)
	if err != nil || len(sig) != 4+8+64 {
		t.Fatalf("%d bytes, %v", len(sig), err)
	}
	vkey := strings.SplitN(w.Key(), "+", 3)
	key, err := base64.StdEncoding.DecodeString(vkey[2])
	if err != nil || len(key) != 33 || key[0] != 4 || vkey[0] != name {
		t.Fatalf("key %q: %v", w.Key(), err)
	}
	h := sha256.Sum256([]byte(name + "\n\x04" + string(key[1:])))
	if string(h[:4]) != string(sig[:4]) || vkey[1] != fmt.Sprintf("%x", h[:4]) {
		t.Errorf("key id %x in the signature, %s in the key, want %x", sig[:4], vkey[1], h[:4])
	}
	at := binary.BigEndian.Uint64(sig[4:12])
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, l.body(9))
	if !ed25519.Verify(key[1:], []byte(signed), sig[12:]) {
		t.Error("the signature isn't of the message of the specification")
	}
	if since := time.Since(time.Unix(int64(at), 0)).Abs(); since > time.Minute {
		t.Errorf("signed %s ago", since)
	}
}

// The example of the specification: its line has the shape that is read here, at the time that it names.
func TestExampleOfTheSpecification(t *testing.T) {
	t.Parallel()
	c, err := parseCheckpoint("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")
	if err != nil || c.Size != 20852163 || c.Origin != "example.com/behind-the-sofa" {
		t.Errorf("%v %v", c, err)
	}
	got, err := cosignature(note.Signature{Name: "witness.example.com/w1",
		Base64: "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="})
	if err != nil || got.At.Unix() != 1679315147 {
		t.Errorf("%v %v", got, err)
	}
	r, err := parseRequest([]byte(exampleRequest))
	if err != nil || r.Old != 20852014 || len(r.Proof) != 4 {
		t.Fatalf("%v %v", r, err)
	}
	if again := string(formatRequest(r)); again != exampleRequest {
		t.Errorf("written again: %q", again)
	}
}

const exampleRequest = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`

// cosign by a key that this package doesn't make: its own id, algorithm and time.
func cosignAt(t *testing.T, name string, seed byte, text string, at int64) (vkey, line string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+seed)), ed25519.SeedSize)))
	key := append([]byte{4}, private.Public().(ed25519.PublicKey)...)
	h := sha256.Sum256([]byte(name + "\n" + string(key)))
	sig := binary.BigEndian.AppendUint64(h[:4:4], uint64(at))
	sig = append(sig, ed25519.Sign(private, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))...)
	return fmt.Sprintf("%s+%x+%s", name, h[:4], base64.StdEncoding.EncodeToString(key)),
		fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(sig))
}

func TestCosigned(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	msg := string(l.checkpoint(9))
	k1, one := cosignAt(t, "w1", 1, l.body(9), 1700000000)
	k2, two := cosignAt(t, "w2", 2, l.body(9), 1700000005)
	kTwin, twin := cosignAt(t, "w1twin", 1, l.body(9), 1700000000)
	_, of8 := cosignAt(t, "w2", 2, l.body(8), 1700000005)
	_, timeless := cosignAt(t, "w2", 2, l.body(9), 0)
	_, before := cosignAt(t, "w2", 2, l.body(9), -5)
	skey, mldsa, err := fnote.GenerateMLDSAKey("pq")
	if err != nil {
		t.Fatal(err)
	}
	pqSigner, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	pq, err := note.Sign(&note.Note{Text: l.body(9)}, pqSigner)
	if err != nil {
		t.Fatal(err)
	}
	var keys []Verifier
	for _, k := range []string{k1, k2, kTwin, mldsa} {
		keys = append(keys, verifier(t, k))
	}
	for name, c := range map[string]struct {
		msg   string
		names string // or the beginning of the error
	}{
		"two":                 {msg + one + two, "w1 w2"},
		"the second alone":    {msg + two, "w2"},
		"none":                {msg, ""},
		"twice the same":      {msg + one + one, "w1"},
		"one key, two names":  {msg + one + twin, "w1"},
		"of another tree":     {msg + one + of8, "error"},
		"without a time":      {msg + timeless, "error"},
		"a time out of range": {msg + before, "error"},
		"post-quantum":        {msg + sigLine(string(pq)), "pq"},
		"not a note":          {"x", "error"},
	} {
		got, err := Cosigned([]byte(c.msg), keys)
		var names []string
		for _, g := range got {
			names = append(names, g.Name)
		}
		if (err != nil) != (c.names == "error") || err == nil && strings.Join(names, " ") != c.names {
			t.Errorf("%s: %v, %v", name, names, err)
		}
	}
	if _, err := Quorum([]byte(msg+one+two), keys, 2); err != nil {
		t.Error(err)
	}
	if _, err := Quorum([]byte(msg+one+twin), keys, 2); err == nil {
		t.Error("a quorum of one key")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	k1, _ := cosignAt(t, "w1", 1, "", 1)
	k2, _ := cosignAt(t, "w2", 2, "", 1)
	twin, _ := cosignAt(t, "twin", 1, "", 1)
	got, err := ParseEndpoints("# ours\n\n" + k1 + " https://w1.example/  # the auditor\r\n\t" + k2 + "\thttp://127.0.0.1:8099/a/b\n")
	if err != nil || len(got) != 2 || got[0].URL != "https://w1.example" || got[1].URL != "http://127.0.0.1:8099/a/b" || got[1].Key.Name() != "w2" {
		t.Errorf("%v, %v", got, err)
	}
	for text, want := range map[string]string{
		k1: "line 1: want", "\n" + k1 + " ftp://x": "line 2", k1 + " https://u:p@x/": "line 1", k1 + " https://x/?q": "line 1",
		k1 + " http://a\n" + twin + " http://b": "line 2: the key is that of line 1", "w1+00000000+" + strings.SplitN(k1, "+", 3)[2] + " http://a": "line 1: verifier key: the id",
		"nonsense http://a": "line 1: verifier key",
	} {
		if _, err := ParseEndpoints(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	a, b := newLog(t, "example.com/a"), newLog(t, "example.com/b")
	logs, err := ParseLogs([]string{a.vkey, "example.com/a " + b.vkey, "An origin of words " + b.vkey})
	if err != nil || len(logs) != 2 || len(logs[0].Keys) != 2 || logs[1].Origin != "An origin of words" {
		t.Errorf("%v, %v", logs, err)
	}
	if _, err := ParseLogs([]string{"example.com/a"}); err == nil || !strings.Contains(err.Error(), "example.com/a") {
		t.Errorf("no key: %v", err)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(exampleRequest))
	f.Add([]byte("old 0\n\nx\n1\n\n"))
	f.Add([]byte("old 9\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseRequest(body)
		if err == nil {
			if again := formatRequest(r); string(again) != string(body) {
				t.Errorf("%q was read and is written %q", body, again)
			}
			if text, err := noteText(r.Note); err == nil {
				if c, err := parseCheckpoint(text); err == nil && !strings.HasPrefix(text, fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)) {
					t.Errorf("%q was read as %v", text, c)
				}
			}
		}
	})
}
