package web

// Unmask is the form by which a viewer has hidden names shown. Offered is
// false where nothing is hidden, or the viewer may not lift it; Shown says that
// they have, so that names which others don't see are here.
//
// Form: POST URL with purpose (a Purposes value) and words.
type Unmask struct {
	Offered, Shown bool
	URL            string
	// On is ticket (seller and author) or proposal (who asked).
	On             string
	Purpose, Words string // kept
	Errors         Errors // "purpose", "words", ""
}

// Purposes are the values and words of the unmask form's purpose.
var Purposes = []Option{
	{Value: "tie", Label: "To see whether I have a tie to somebody involved"},
	{Value: "order", Label: "To look the order up"},
	{Value: "pattern", Label: "To see whether several reviews belong together"},
	{Value: "legal", Label: "A legal matter names them"},
}

// PurposeWords is a purpose as a sentence goes on: "to look the order up".
func PurposeWords(value string) string {
	words := map[string]string{
		"tie": "to see whether they had a tie", "order": "to look the order up", "pattern": "to see whether reviews belong together",
		"legal": "for a legal matter",
	}
	if w, ok := words[value]; ok {
		return w
	}
	return value
}
