// Package staff guarantees that an actor is a known, active person: accounts, sign-in, sessions, role grants and
// declared interests, each change on record.
package staff

import (
	"context"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Staff is the desk's people.
type Staff struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	key    []byte
	params *argon2id.Params
	hashes chan struct{} // how many passwords are hashed at once: each takes 19 MiB
}

// DefaultParams for argon2id are OWASP's: 19 MiB, two passes, one lane.
var DefaultParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// New takes the key under which e-mails and addresses are hashed for throttling, and the cost of passwords.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, key []byte, p *argon2id.Params) *Staff {
	return &Staff{db: db, now: now, rights: rights, ledger: l, key: key, params: p, hashes: make(chan struct{}, 4)}
}

// The bounds of what an account is made of.
const (
	minPassword = 12
	maxPassword = 200
	maxName     = 100
	maxEmail    = 254
)

// NewAccount is what an account is made from.
type NewAccount struct {
	Email    string
	Name     string
	Password string
}

func (a *NewAccount) check() error {
	a.Email, a.Name = strings.ToLower(strings.TrimSpace(a.Email)), strings.TrimSpace(a.Name)
	fields := map[string]string{}
	if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email || len(a.Email) > maxEmail {
		fields["email"] = "This isn't an e-mail address."
	}
	if n := utf8.RuneCountInString(a.Name); n < 1 || n > maxName {
		fields["name"] = "A name of 1 to 100 characters is needed."
	}
	if n := utf8.RuneCountInString(a.Password); n < minPassword || n > maxPassword {
		fields["password"] = "A password of 12 to 200 characters is needed."
	}
	if len(fields) > 0 {
		e := models.E(models.Invalid, "invalid_account", "The account can't be made: %s", joinFields(fields))
		e.Fields = fields
		return e
	}
	return nil
}

func joinFields(fields map[string]string) string {
	var parts []string
	for _, f := range []string{"email", "name", "password"} {
		if text, ok := fields[f]; ok {
			parts = append(parts, f+": "+text)
		}
	}
	return strings.Join(parts, " ")
}

// Add makes an account. It can do nothing until it is granted a role.
func (s *Staff) Add(ctx context.Context, actor models.Actor, a NewAccount) (models.Staff, error) {
	if err := a.check(); err != nil {
		return models.Staff{}, err
	}
	hash, err := s.hash(a.Password)
	if err != nil {
		return models.Staff{}, err
	}
	entry := &ledger.Entry{Act: "staff.add", SubjectType: "staff"}
	var person models.Staff
	err = s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if _, err := ByEmail(tx, a.Email); err == nil {
			return models.InvalidField("email", "There is an account with the e-mail %s already.", a.Email)
		}
		entry.SubjectID = entry.ID
		person = models.Staff{ID: entry.ID, Email: a.Email, Name: a.Name, PasswordHash: hash, CreatedAt: entry.At}
		return tx.Create(&person).Error
	})
	return person, err
}

// Disable ends a person's access at once: sessions end, grants stop counting, and so do approvals not yet in effect.
func (s *Staff) Disable(ctx context.Context, actor models.Actor, email string) error {
	entry := &ledger.Entry{Act: "staff.disable", SubjectType: "staff"}
	return s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		person, err := ByEmail(models.ForUpdate(tx), email)
		if err != nil {
			return err
		}
		entry.SubjectID = person.ID
		if person.DisabledAt != nil {
			return models.E(models.Conflict, "disabled_already", "%s is disabled already.", email)
		}
		if err := tx.Model(&models.Staff{}).Where("id = ?", person.ID).Updates(map[string]any{"disabled_at": entry.At}).Error; err != nil {
			return err
		}
		return tx.Where("staff_id = ?", person.ID).Delete(&models.Session{}).Error
	})
}

// ByEmail finds an account.
func ByEmail(db *gorm.DB, email string) (models.Staff, error) {
	var person models.Staff
	err := db.Where("email = ?", strings.ToLower(strings.TrimSpace(email))).Take(&person).Error
	if err = models.Translate(err); models.IsKind(err, models.NotFound) {
		err = models.E(models.NotFound, "no_staff", "There is no account with the e-mail %q.", email)
	}
	return person, err
}

// Actor is a person as the subject of the rules.
func Actor(p models.Staff) models.Actor {
	return models.Actor{Kind: models.ActorPerson, ID: p.ID, Name: p.Name}
}

func (s *Staff) hash(password string) (string, error) {
	s.hashes <- struct{}{}
	defer func() { <-s.hashes }()
	return argon2id.CreateHash(password, s.params)
}

func (s *Staff) matches(password, hash string) (bool, error) {
	s.hashes <- struct{}{}
	defer func() { <-s.hashes }()
	return argon2id.ComparePasswordAndHash(password, hash)
}
