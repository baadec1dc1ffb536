package web

import (
	"fmt"
	"html/template"

	"evenhand/words"
)

// sayer is what templates call as t: it says a text, or a words.Sentence, in the language. A text's verbs are all %s,
// whatever the arguments are. Where one of these is markup (a time, a name), the answer is, with all else escaped.
func sayer(l *words.Language) func(text any, args ...any) any {
	return func(text any, args ...any) any {
		switch x := text.(type) {
		case words.Sentence:
			if x.Empty() {
				return ""
			}
			return l.Say(x.Format, x.Args...)
		case string:
			if len(args) == 0 {
				return l.Say(x)
			}
			return fill(l.Say(x), args)
		}
		return text
	}
}

// mono, strong and who are markup for t's arguments.
func mono(text string) template.HTML {
	return template.HTML("<code>" + template.HTMLEscapeString(text) + "</code>") //nolint:gosec // escaped
}

func strong(text any) template.HTML {
	inner, ok := text.(template.HTML)
	if !ok {
		inner = template.HTML(template.HTMLEscapeString(fmt.Sprint(text))) //nolint:gosec // escaped
	}
	return "<strong>" + inner + "</strong>"
}

// who names somebody: the viewer is "you", and whoever has no name is the system.
func who(l *words.Language, p Person) template.HTML {
	switch {
	case p.Me:
		return template.HTML(template.HTMLEscapeString(l.Say("you"))) //nolint:gosec // escaped
	case p.Hidden:
		return `<span class="quiet">` + template.HTML(template.HTMLEscapeString(l.Say("someone else"))) + "</span>" //nolint:gosec // escaped
	case p.Name == "":
		return template.HTML(template.HTMLEscapeString(l.Say("the system"))) //nolint:gosec // escaped
	}
	return "<bdi>" + visible(l, l.Say(p.Name)) + "</bdi>"
}

func fill(format string, args []any) any {
	plain, marked, isMarked := make([]any, len(args)), make([]any, len(args)), false
	for i, a := range args {
		if html, ok := a.(template.HTML); ok {
			plain[i], marked[i], isMarked = html, html, true
			continue
		}
		plain[i] = fmt.Sprint(a)
		marked[i] = template.HTMLEscapeString(fmt.Sprint(a))
	}
	if isMarked {
		return template.HTML(fmt.Sprintf(template.HTMLEscapeString(format), marked...)) //nolint:gosec // every part is escaped or our own
	}
	return fmt.Sprintf(format, plain...)
}
