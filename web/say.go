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

// mono, strong, tag and who are markup for t's arguments.
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

func tag(text string) template.HTML {
	return template.HTML(`<span class="tag">` + template.HTMLEscapeString(text) + "</span>") //nolint:gosec // escaped
}

// people names several, and codes are texts to be typed as they stand, each with what it means where that isn't the same.
func people(l *words.Language, list []Person) template.HTML {
	return joined(l, "%s and %s", len(list), func(i int) template.HTML { return who(l, list[i]) })
}

func codes(l *words.Language, list []string) template.HTML {
	return joined(l, "%s, %s", len(list), func(i int) template.HTML {
		if means := l.Say(list[i]); means != list[i] {
			return mono(list[i]) + " (" + template.HTML(template.HTMLEscapeString(means)) + ")" //nolint:gosec // escaped
		}
		return mono(list[i])
	})
}

// joined strings markup together, two at a time.
func joined(l *words.Language, join string, n int, part func(i int) template.HTML) template.HTML {
	var out template.HTML
	for i := range n {
		if out == "" {
			out = part(i)
			continue
		}
		out, _ = fill(l.Say(join), []any{out, part(i)}).(template.HTML)
	}
	return out
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
