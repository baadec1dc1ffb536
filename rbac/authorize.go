package rbac

import (
	"cmp"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/words"
)

// Authorize is the choke point: every act of a person passes it, whichever page, command or job it came through.
// It returns nil, or a Forbidden error that says why not in words.
//
// It must not be called in a transaction that has already changed grants: what it loads there would outlive a rollback.
func (e *Enforcer) Authorize(db *gorm.DB, actor models.Actor, marketplace string, obj Object, act string) error {
	v, err := e.View(db)
	if err != nil {
		return err
	}
	return v.Authorize(actor, marketplace, obj, act)
}

// Authorize is Enforcer.Authorize for who holds a view already.
func (v View) Authorize(actor models.Actor, marketplace string, obj Object, act string) error {
	if actor.Kind != models.ActorPerson {
		return models.E(models.Forbidden, "not_a_person", "Only a person may do this; %s isn't one.", actor.ID)
	}
	ok, err := v.Can(actor.ID, marketplace, obj, act)
	if err != nil || ok {
		return err
	}
	own := obj.Requester == actor.ID
	switch {
	case own && (act == "approve" || act == "decline"):
		return models.E(models.Forbidden, "own_request",
			"You asked for this %s yourself, so somebody else has to decide on it. No role changes that.", words.Word(cmp.Or(asked[obj.Kind], obj.Kind)))
	case own && (act == "open" || act == "question"):
		return models.E(models.Forbidden, "own_request", "You asked for this %s yourself; this is for who decides on it.", words.Word(obj.Kind))
	case !own && act == "reply":
		return models.E(models.Forbidden, "not_your_request", "Only the person who asked for this %s answers questions about it.", words.Word(obj.Kind))
	case !own && act == "withdraw":
		return models.E(models.Forbidden, "not_your_request", "Only the person who asked for this %s can withdraw it.", words.Word(obj.Kind))
	}
	held := models.Said("you hold no role there")
	if roles := v.Roles(actor.ID, marketplace); len(roles) > 0 {
		held = models.Said("you hold: %s", roleWords(roles))
	}
	return models.E(models.Forbidden, "no_right", "This needs the right to %s (%s) in marketplace %s; %s.", words.Word(act+words.Note+"a right"), words.Word(obj.Kind), marketplace, held)
}

func roleWords(roles []string) models.Sentence {
	said := make([]any, len(roles))
	for i, r := range roles {
		said[i] = words.Word(r)
	}
	return words.List("%s, %s", said...)
}

// LockPerson makes a person's standing hold still until the transaction ends: whoever disables them or takes a role
// away waits for it, or has been seen by it. A disabled person is refused.
func LockPerson(tx *gorm.DB, actor models.Actor) error { return lockNow(tx, actor, "FOR SHARE") }

// LockPersonAlone is LockPerson for what a person does one at a time, in whichever window.
func LockPersonAlone(tx *gorm.DB, actor models.Actor) error {
	return lockNow(tx, actor, "FOR NO KEY UPDATE")
}

func lockNow(tx *gorm.DB, actor models.Actor, strength string) error {
	b := models.NewBatch(tx)
	active := lockPerson(b, actor, strength)
	if err := b.Run(); err != nil {
		return err
	}
	return active()
}

// LockPersonIn adds LockPerson to a batch. What it returns refuses, once the batch has run.
func LockPersonIn(b *models.Batch, actor models.Actor) func() error {
	return lockPerson(b, actor, "FOR SHARE")
}

func lockPerson(b *models.Batch, actor models.Actor, strength string) func() error {
	refused := func(err *models.Error) func() error { return func() error { return err } }
	if actor.Kind != models.ActorPerson {
		return refused(models.E(models.Forbidden, "not_a_person", "Only a person may do this; %s isn't one.", actor.ID))
	}
	nobody := models.E(models.Forbidden, "no_person", "There is no account behind this.")
	if !actor.HasAccount() {
		return refused(nobody)
	}
	found := models.Read[models.Staff](b, "SELECT disabled_at FROM staff WHERE id = ? "+strength, actor.ID)
	return func() error {
		s, err := found.One()
		switch {
		case err != nil:
			return nobody
		case s.DisabledAt != nil:
			return models.E(models.Forbidden, "disabled", "This account is disabled.")
		}
		return nil
	}
}

// asked is what somebody asked for, where the object's own name doesn't say it.
var asked = map[string]string{"settings": "change of settings", "routing": "change of routing"}
