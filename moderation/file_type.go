package moderation

import (
	"bytes"
	"image"
	_ "image/jpeg" // decodes
	_ "image/png"  // decodes
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"evenhand/models"
	"evenhand/words"
)

// The bounds of files.
const (
	MaxFile      = 2 << 20 // bytes
	MaxFiles     = 8       // that a request rests on
	maxFileName  = 120     // characters
	maxPixels    = 40 << 20
	maxImageSide = 20_000
)

// fileKind is a sort of file that can be attached. Neither SVG nor HTML is one: both can carry scripts.
type fileKind struct {
	Type, Word string
	Endings    []string
	Holds      func(content []byte) bool
}

var fileKinds = []fileKind{
	{"image/png", "PNG", []string{".png"}, func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) }},
	{"image/jpeg", "JPEG", []string{".jpg", ".jpeg"}, func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) }},
	{"application/pdf", "PDF", []string{".pdf"}, func(b []byte) bool { return bytes.HasPrefix(b, []byte("%PDF-")) }},
	{"message/rfc822", "e-mail", []string{".eml"}, isMail},
	{"text/plain", "plain text", []string{".txt"}, isText},
}

// FileEndings are the endings of the names of files that can be attached, for the form.
func FileEndings() []string {
	var out []string
	for _, k := range fileKinds {
		out = append(out, k.Endings...)
	}
	return out
}

// fileType says what a file is, going by its content; the second answer says why it can't be attached, if it can't.
func fileType(name string, content []byte) (fileType string, wrong models.Sentence) {
	switch {
	case badFileName(name):
		return "", models.Said("A file's name has 1 to 120 characters, all of them to be seen; this one doesn't.")
	case len(content) == 0:
		return "", models.Said("“%s” is empty.", name)
	case len(content) > MaxFile:
		return "", models.Said("“%s” is larger than 2 MB. Cut it down to what shows it.", name)
	}
	ending := strings.ToLower(path.Ext(name))
	var named *fileKind
	for i, k := range fileKinds {
		for _, e := range k.Endings {
			if e == ending {
				named = &fileKinds[i]
			}
		}
	}
	is := "something else"
	for _, k := range fileKinds {
		if k.Holds(content) {
			is = k.Word
			break
		}
	}
	switch {
	case isMarkup(content):
		return "", models.Said("“%s” holds HTML, SVG or the like, which can carry a script. Attach a picture of it, a PDF or plain text.", name)
	case named == nil:
		return "", models.Said("“%s” can't be attached: PNG, JPEG, PDF, plain text (.txt) and e-mail (.eml) can.", name)
	case !named.Holds(content):
		return "", models.Said("“%s” is named as %s, and what is in it is %s. A file that isn't what it says is refused.", name, words.Word(named.Word), words.Word(is))
	}
	return named.Type, badImage(name, named.Type, content)
}

// badImage refuses pictures that can't be read, and those that would take far more memory than their bytes tell. Only
// the header is decoded.
func badImage(name, fileType string, content []byte) models.Sentence {
	if !strings.HasPrefix(fileType, "image/") {
		return models.Sentence{}
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return models.Said("“%s” can't be read as a picture.", name)
	case c.Width > maxImageSide || c.Height > maxImageSide || c.Width*c.Height > maxPixels:
		return models.Said("“%s” has %d × %d pixels, which is more than anybody can look at; at most 40 million.", name, c.Width, c.Height)
	}
	return models.Sentence{}
}

func badFileName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n == 0 || n > maxFileName || !utf8.ValidString(name) || strings.ContainsAny(name, `/\`) ||
		strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) })
}

// isText says whether content is UTF-8 text without control characters.
func isText(b []byte) bool {
	return utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
}

var (
	mailHeader = regexp.MustCompile(`^[!-9;-~]+:[ \t]`)
	mailNeeds  = regexp.MustCompile(`(?im)^(from|date|received|message-id|subject):`)
	markup     = regexp.MustCompile(`(?i)^\s*(<\?xml|<!doctype|<!--|<(html|svg|head|body|script|iframe|object|embed|math|style|link|meta)\b)`)
	script     = regexp.MustCompile(`(?i)<(svg|html|script|iframe)[\s/>]`)
)

// isMail says whether text begins as a message's header does. Its parts stay what they are: nothing in it is shown.
func isMail(b []byte) bool {
	head := b[:min(len(b), 4096)]
	return isText(b) && mailHeader.Match(head) && mailNeeds.Match(head)
}

// isMarkup says whether a browser could take content, whatever it is called, for a page. A message may quote one: it is
// only ever handed out as a file.
func isMarkup(b []byte) bool {
	if isMail(b) {
		return false
	}
	text := bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	return markup.Match(text[:min(len(text), 1024)]) || utf8.Valid(text) && script.Match(text[:min(len(text), 4096)])
}
