package models

// Who acts. It is an argument of every act, since it is the subject of the rule.
const (
	ActorPerson  = "person"  // ID is a staff id
	ActorCommand = "command" // ID is the command's name, as in "evenhand import"
	ActorSystem  = "system"  // ID is the background job's name
	ActorAuthor  = "author"  // of a review, without an account; ID is the statement's whose link they followed
)

// Actor is a person of the staff, a command at the console, a job of ours, or an author. Only persons decide anything.
type Actor struct {
	Kind string
	ID   string
	Name string
}

// Command is the actor for a command at the console.
func Command(name string) Actor {
	return Actor{Kind: ActorCommand, ID: "evenhand " + name, Name: "evenhand " + name}
}

// Author is the actor for whoever holds the link of a statement.
func Author(statement string) Actor { return Actor{Kind: ActorAuthor, ID: statement} }

// System is the actor for a background job.
func System(name string) Actor { return Actor{Kind: ActorSystem, ID: name, Name: name} }

// HasAccount says whether there can be an account behind this: a person, with an id in its one canonical form.
func (a Actor) HasAccount() bool {
	id, err := ParseID(a.ID)
	return a.Kind == ActorPerson && err == nil && id == a.ID
}
