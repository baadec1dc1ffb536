package demo

import "evenhand/models"

// category is a kind of goods, and the queue where their tickets wait.
type category struct {
	name       string
	products   []string
	words      []string // for {product}
	parts      []string // for {part}
	complaints []string
}

var categories = []category{
	{
		name:     "kitchen",
		products: []string{"Kettle 1.7 l", "Hand blender 600 W", "Cast-iron pan 28 cm", "Knife block, six pieces", "Toaster, two slots", "Storage jars, set of 4", "Coffee grinder", "Salad spinner"},
		words:    []string{"kettle", "blender", "pan", "set", "grinder", "thing"}, parts: []string{"lid", "handle", "seal", "base", "switch", "rim"},
		complaints: []string{
			"It tastes of plastic, even after {n} rounds of boiling water.", "The coating came off in flakes after {n} uses.",
			"The {part} gets so hot that I need a cloth to touch it.", "It leaks at the {part} and wets the whole worktop.",
			"Rust at the {part} after {days} days, and it never saw a dishwasher.",
		},
	},
	{
		name:     "electronics",
		products: []string{"USB-C charger 65 W", "Bluetooth speaker", "Webcam 1080p", "Wireless mouse", "HDMI cable 3 m", "Power bank 10,000 mAh", "Desk lamp, dimmable", "In-ear headphones"},
		words:    []string{"charger", "speaker", "mouse", "headset", "device", "thing"}, parts: []string{"plug", "cable", "battery", "button", "housing", "display"},
		complaints: []string{
			"It charges at half the speed that the page promises; I measured it.", "The {part} came loose after {days} days.",
			"It cuts out every {n} minutes, with every device I own.", "The {part} gets worryingly warm even when nothing is plugged in.",
			"Battery said {nn} percent and then it was simply dead.",
		},
	},
	{
		name:     "garden",
		products: []string{"Hose reel 20 m", "Hedge shears", "Folding chair, beech", "Rain gauge", "Raised bed kit", "Solar path lights, set of 6", "Wheelbarrow 85 l", "Pruning saw"},
		words:    []string{"hose", "chair", "kit", "barrow", "saw", "set"}, parts: []string{"joint", "handle", "blade", "wheel", "screw", "valve"},
		complaints: []string{
			"The wood had split along the grain before I put it together.", "The {part} broke on the second day of use.",
			"Two of the screws were the wrong length, so it wobbles.", "It stood outside for {n} weeks and the {colour} has faded to grey.",
			"The {part} drips however tight I turn it.",
		},
	},
	{
		name:     "toys",
		products: []string{"Wooden train, 40 pieces", "Puzzle 500 pieces", "Building blocks, 120", "Kite 1.2 m", "Marble run", "Board game, family edition", "Plush fox", "Modelling clay, 12 colours"},
		words:    []string{"train", "puzzle", "game", "kite", "box", "set"}, parts: []string{"wheel", "lid", "seam", "box", "magnet", "string"},
		complaints: []string{
			"{n} pieces are missing, which rather defeats the purpose.", "The {colour} paint comes off on small hands.",
			"The {part} snapped on the first afternoon.", "It smells so strongly of solvent that we put it on the balcony.",
			"The seam opened and the stuffing comes out; not for small children.",
		},
	},
	{
		name:     "fashion",
		products: []string{"Rain jacket", "Wool socks, three pairs", "Canvas backpack 20 l", "Leather belt", "Cotton shirt", "Knit hat", "Walking shoes", "Scarf, 180 cm"},
		words:    []string{"jacket", "backpack", "belt", "shirt", "pair", "scarf"}, parts: []string{"zip", "sole", "seam", "buckle", "strap", "lining"},
		complaints: []string{
			"The size chart is off by at least one size.", "The {part} gave way after {days} days of normal wear.",
			"It is a flat {colour}, nothing like the picture.", "After one wash at thirty degrees it is {n} centimetres shorter.",
			"The {part} rubs so badly that I can't wear it for an hour.",
		},
	},
}

var colours = []string{"blue", "red", "green", "ochre", "dark grey", "white"}

var complaintTitles = []string{
	"Disappointed", "Stopped working", "Not as described", "Would not buy again", "Poor quality", "Broken on arrival",
	"Returned it", "Not worth it", "Sad about this one", "Never again from here", "Not what I ordered", "Save your money", "",
}

var complaints = []string{
	"The {product} stopped working after {days} days.", "What came is not what the picture shows.",
	"The {product} arrived with a cracked {part}.", "I wanted to like this {product}, but no.",
	"The {part} broke after {n} uses and I was gentle.", "I ordered {n} and got one.",
	"This {product} looks like somebody had used it before me.", "The {product} is far flimsier than it looks.",
	"The {part} doesn't fit, however I turn it.", "A wrong model came, and then the same wrong model again.",
}

var details = []string{
	"Delivery took {days} days instead of three.", "The box was open and taped up again.",
	"I wrote to the shop {n} times and got the same form letter each time.", "The return label they sent was for another country.",
	"They offered me five percent off my next order, which there won't be.", "No instructions, no spare parts, nothing.",
	"The invoice names a different article than the page.", "They want me to pay {n} for sending back what they got wrong.",
	"My neighbour has the older one and it is much better made.", "On the phone I was told that this is normal.",
	"For {nn} euros I had expected more.", "The parcel lay in the rain because nobody rang.",
	"The replacement had the very same fault.", "I have the photographs to show it.",
}

var closings = []string{
	"I'm sending it back.", "I would give fewer stars if I could.", "A pity, the idea is good.", "Look elsewhere.",
	"It is in the bin now.", "I will edit this if they sort it out.", "My mother still uses her old one.", "Never mind the nice pictures.",
}

var (
	praiseTitles = []string{"Very happy", "Just right", "Good value", "Does what it should", "Lovely", "Quick delivery", "Would buy again", "Recommended", ""}
	praise       = []string{
		"The {product} is exactly as described.", "Solid {product}, well made.", "Good {product} for the price.",
		"Bought this {product} for my sister and then one for myself.", "The {product} has been in use every day for {n} weeks.",
		"I like the {colour} one best.", "Third {product} from this shop, none has let me down.", "Nice weight, nice {part}.",
	}
	praiseMore = []string{
		"Came in {n} days.", "Well packed, no waste.", "The {part} is better than I expected.", "Friendly answer to my question, too.",
		"Easy to clean.", "Put together in {nn} minutes.", "Instructions could be larger, but fine.", "No complaints.", "My children agree.",
	}
	middlingTitles = []string{"All right", "Mixed feelings", "So-so", "Fine, not more", ""}
	middling       = []string{
		"The {product} is all right, the {part} could be better.", "Does its job. Delivery took {days} days, though.",
		"Good idea, the {part} feels cheap.", "Works, but it is louder than I thought.", "Not bad and not {nn} euros good.",
		"The {colour} is darker than in the picture. Otherwise fine.",
	}
	again = []string{"I say it again here.", "Posting this a second time so that people see it.", "See also my other text.", "Again, for everybody."}
)

// The rules that the demo's reviews break; each is a reason code.
const (
	codeFake        = "FAKE_EXPERIENCE"
	codeAdvert      = "ADVERT_LINK"
	codePersonal    = "PERSONAL_DATA"
	codeOffTopic    = "OFF_TOPIC"
	codeDuplicate   = "DUPLICATE"
	codeThreat      = "HARASSMENT_THREAT"
	codeConflict    = "CONFLICT_OF_INTEREST"
	codeWithdrew    = "AUTHOR_WITHDREW"
	codeCoordinated = "COORDINATED_MANIPULATION"
)

// often has each rule as often as it is broken.
var often = []string{
	codeFake, codeFake, codeFake, codeFake, codeFake, codeAdvert, codeAdvert, codeAdvert, codePersonal, codePersonal,
	codeOffTopic, codeOffTopic, codeOffTopic, codeDuplicate, codeDuplicate, codeThreat, codeConflict, codeWithdrew,
}

// breach is how a review breaks a rule: with these words after a complaint, or with nothing else.
type breach struct {
	alone  bool
	titles []string
	words  []string
}

var breaking = map[string]breach{
	codeFake: {true, []string{"Do not buy", "Terrible shop", "Stay away", ""}, []string{
		"I never ordered here, but everybody I know says it is bad, so there.", "Have not bought the {product} and never will. The name alone.",
		"Worst shop there is. Everybody knows it.", "My cousin says the {product} is rubbish and that is enough for me.",
		"Bad bad bad. I don't need to try the {product} to know.",
	}},
	codeAdvert: {false, nil, []string{
		"Get the same one for half at www.half-price-{nn}.example with the code SAVE{nn}.", "Better ones at www.bargain-{nn}.example, tell them code FRIEND{nn}.",
		"I sell these without the fault, write to me at shop-{nn}.example.", "Use my link go-{nn}.example/ref{nn} and we both get ten euros.",
	}},
	codePersonal: {false, nil, []string{
		"Ask for T. in the store room, his private number is 555 01{nn}.", "The driver was K. from number {nn} Mill Lane, second floor.",
		"The woman on the phone gave her name as M. and lives at {nn} Orchard Row, I looked it up.",
	}},
	codeOffTopic: {true, []string{"Question", "Where?", "Wrong page?", ""}, []string{
		"Does anybody know whether line {n} runs again on Sundays? I can't find the timetable.", "This is about the holiday flat we rented in May, the shower was cold for {n} days.",
		"I meant to write this under a cinema ticket. The film was {n} hours too long.", "Can somebody tell me how to change my profile picture here?",
	}},
	codeThreat: {false, nil, []string{
		"Whoever packs these should watch out, I know which door you come out of in the evening.", "I will find out where you live and then we will talk differently.",
	}},
	codeConflict: {false, nil, []string{
		"We make the {product} better in our own workshop.", "In our shop two streets on you get it with a real warranty.",
	}},
	codeCoordinated: {true, []string{"Avoid this shop!!", "AVOID", "Avoid!!"}, []string{
		"Avoid this shop!! Ordered {n} times, nothing but trouble, tell everybody!!", "Avoid this shop!! Trouble with the {product}, trouble with everything, tell everybody!!",
		"Everybody avoid this shop!! Nothing but trouble with the {product}!!",
	}},
}

// reports are what people say who flag a review, by the flag's source.
var reports = map[string][]string{
	models.FlagSeller: {
		"This can't be about our article.", "We find no order of this customer.", "The customer never contacted us.", "This damages our shop.",
		"Please have a look at this one.", "The text is wrong, the article was tested before we sent it.", "Not about the article but about the parcel service.",
	},
	models.FlagCustomer:   {"Looks like an advertisement.", "I have read the same text elsewhere.", "This doesn't help anybody.", "Is this about another article?"},
	models.FlagClassifier: {"spam 0.81", "spam 0.67", "off-topic 0.72", "contact data 0.78"},
}
