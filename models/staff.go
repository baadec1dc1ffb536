package models

import "time"

// Roles. A person who holds one of the first two can hold none of the others.
const (
	RoleModerator     = "moderator"
	RoleSupervisor    = "supervisor"
	RoleAuditor       = "auditor"
	RoleInvestigator  = "investigator"
	RoleAdministrator = "administrator"
)

// Roles lists all roles in the order in which people read them.
var Roles = []string{RoleModerator, RoleSupervisor, RoleAuditor, RoleInvestigator, RoleAdministrator}

// AllMarketplaces as a grant's marketplace stands for every one.
const AllMarketplaces = "*"

// Staff is one person of the marketplace's staff.
type Staff struct {
	ID           string
	Email        string
	Name         string
	PasswordHash string
	CreatedAt    time.Time
	DisabledAt   *time.Time
}

// TableName keeps the plural that gorm would make out of it away.
func (Staff) TableName() string { return "staff" }

// Session is one sign-in; the token itself is known to the browser alone, and its hash is keyed.
type Session struct {
	TokenHash []byte
	StaffID   string
	Device    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// SignInFailure is one wrong password, by a keyed hash of the e-mail or the address.
type SignInFailure struct {
	ID  string
	Key string
	At  time.Time
}

// RoleGrant gives a person a role in a marketplace from one time to another. It is revoked, never edited.
type RoleGrant struct {
	ID            string
	StaffID       string
	Role          string
	MarketplaceID string
	ValidFrom     time.Time
	ValidTo       *time.Time
	GrantedBy     string
	CreatedAt     time.Time
	RevokedAt     *time.Time
	RevokedBy     *string
	Seal          []byte
}

// GrantQueue limits a moderator's grant to a queue.
type GrantQueue struct {
	GrantID string
	Queue   string
}

// GrantSkill is something that a moderator's grant says they can do: a language, the law, pictures.
type GrantSkill struct {
	GrantID string
	Skill   string
}

// Interest is a tie of a person to a seller, which keeps that seller's reviews away from them.
type Interest struct {
	MarketplaceID string
	ID            string
	StaffID       string
	SellerID      string
	Relation      string
	Note          string
	DeclaredAt    time.Time
	EndedAt       *time.Time
}

// Token lets a person's programs read for them; Hash is a MAC of it. It never decides anything.
type Token struct {
	ID        string
	StaffID   string
	Name      string
	Scope     string
	Hash      []byte
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
	RevokedAt *time.Time
}
