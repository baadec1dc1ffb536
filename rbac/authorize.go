package rbac

import (
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
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
			"You asked for this %s yourself, so somebody else has to decide on it. No role changes that.", obj.Kind)
	case !own && act == "withdraw":
		return models.E(models.Forbidden, "not_your_request", "Only the person who asked for this %s can withdraw it.", obj.Kind)
	}
	held := "you hold no role there"
	if roles := v.Roles(actor.ID, marketplace); len(roles) > 0 {
		held = "you hold: " + strings.Join(roles, ", ")
	}
	return models.E(models.Forbidden, "no_right", "This needs the right to %s (%s) in marketplace %s; %s.", act, obj.Kind, marketplace, held)
}

// LockPerson makes a person's standing hold still until the transaction ends: whoever disables them or takes a role
// away waits for it, or has been seen by it. A disabled person is refused.
func LockPerson(tx *gorm.DB, actor models.Actor) error { return lockPerson(models.ForShare(tx), actor) }

// LockPersonAlone is LockPerson for what a person does one at a time, in whichever window.
func LockPersonAlone(tx *gorm.DB, actor models.Actor) error {
	return lockPerson(models.ForUpdateAlone(tx), actor)
}

func lockPerson(tx *gorm.DB, actor models.Actor) error {
	if actor.Kind != models.ActorPerson {
		return models.E(models.Forbidden, "not_a_person", "Only a person may do this; %s isn't one.", actor.ID)
	}
	var s models.Staff
	err := models.Translate(tx.Select("id", "disabled_at").Where("id = ?", actor.ID).Take(&s).Error)
	if models.IsKind(err, models.NotFound) {
		return models.E(models.Forbidden, "no_person", "There is no account behind this.")
	}
	if err != nil {
		return err
	}
	if s.DisabledAt != nil {
		return models.E(models.Forbidden, "disabled", "This account is disabled.")
	}
	return nil
}
