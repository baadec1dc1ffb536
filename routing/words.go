package routing

import "evenhand/words"

// said is a sentence for people, in whichever language they read.
func said(format string, args ...any) words.Sentence {
	return words.Sentence{Format: format, Args: args}
}

// named is a language by its code, which stands as it is, or that it isn't known.
func named(language string) any {
	if language == "" || language == Unknown {
		return words.Word(Unknown)
	}
	return language
}

// either names values of which one has to be: those that as makes of texts.
func either(values []string, as func(string) any) words.Sentence {
	var out []any
	for _, v := range values {
		out = append(out, as(v))
	}
	return words.List("%s or %s", out...)
}

func plain(value string) any { return value }

func source(value string) any { return words.Word(value) }

// Words say what a rule does in one sentence.
func (r Rule) Words() words.Sentence {
	when := said("everything")
	if c := r.When.Words(); len(c) > 0 {
		when = words.List("%s, %s", c...)
	}
	queue := said("the queue of its category")
	if r.Queue != "" {
		queue = said("the queue %s", r.Queue)
	}
	out := said("%s → %s, priority %d, due within %d h", when, queue, r.Priority, r.DueHours)
	if r.Skill != "" {
		out = said("%s, takes the skill %s", out, r.Skill)
	}
	return out
}

// Words are the conditions, one by one.
func (w When) Words() []words.Sentence {
	var out []words.Sentence
	ask := func(asked bool, format string, args ...any) {
		if asked {
			out = append(out, said(format, args...))
		}
	}
	ask(len(w.Categories) > 0, "category %s", either(w.Categories, plain))
	ask(len(w.Languages) > 0, "language %s", either(w.Languages, named))
	ask(len(w.Sources) > 0, "flagged by %s", either(w.Sources, source))
	ask(!w.Score.none(), "score %s", w.Score.Words())
	ask(!w.Stars.none(), "stars %s", w.Stars.Words())
	ask(!w.Age.none(), "age in days %s", w.Age.Words())
	ask(w.Verified == Yes, "order verified")
	ask(w.Verified == No, "order not verified")
	ask(w.Verified == Unknown, "unknown whether there was an order")
	ask(w.Flags > 1, "at least %d flags", w.Flags)
	ask(w.Distinct > 1, "from at least %d sources", w.Distinct)
	return out
}

// Words write a range as people do.
func (r Range) Words() words.Sentence {
	switch {
	case r.none():
		return said("any")
	case r.To == nil:
		return said("at least %d", *r.From)
	case r.From == nil:
		return said("at most %d", *r.To)
	case *r.From == *r.To:
		return said("%d", *r.From)
	}
	return said("%d to %d", *r.From, *r.To)
}
