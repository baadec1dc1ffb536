package dsa

import "strings"

func list(words string) []string { return strings.Fields(words) }

// The values of the schema's closed lists, without the prefix that each list has.
var (
	visibilities = list("CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER")
	monetary     = list("SUSPENSION TERMINATION OTHER")
	provisions   = list("PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION")
	accounts     = list("SUSPENDED TERMINATED")
	accountTypes = list("BUSINESS PRIVATE")
	grounds      = list("ILLEGAL_CONTENT INCOMPATIBLE_CONTENT")
	sources      = list("ARTICLE_16 TRUSTED_FLAGGER TYPE_OTHER_NOTIFICATION VOLUNTARY")
	automations  = list("FULLY PARTIALLY NOT_AUTOMATED")
	contentTypes = list("APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER")
	yesNo        = list("Yes No")
	categories   = list(`ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN DATA_PROTECTION_AND_PRIVACY_VIOLATIONS
		ILLEGAL_OR_HARMFUL_SPEECH INTELLECTUAL_PROPERTY_INFRINGEMENTS NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS NOT_SPECIFIED_NOTICE
		OTHER_VIOLATION_TC PROTECTION_OF_MINORS RISK_FOR_PUBLIC_SECURITY SCAMS_AND_FRAUD SELF_HARM UNSAFE_AND_PROHIBITED_PRODUCTS VIOLENCE`)
	// Of the schema's keywords, those that reviews can be about.
	keywords = list(`INAUTHENTIC_USER_REVIEWS INAUTHENTIC_ACCOUNTS HIDDEN_ADVERTISEMENT DEFAMATION HATE_SPEECH DISCRIMINATION CYBER_HARASSMENT NUDITY
		ADULT_SEXUAL_MATERIAL PHISHING COPYRIGHT_INFRINGEMENT TRADE_SECRET_INFRINGEMENT RIGHT_TO_BE_FORGOTTEN MISSING_PROCESSING_GROUND COORDINATED_HARM OTHER`)
	// The states of the European Economic Area, ISO 3166-1.
	countries = list("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK")
)

// fields are all that the schema has.
var fields = list(`account_type application_date automated_decision automated_detection category category_addition category_specification
	category_specification_other content_date content_id content_language content_type content_type_other decision_account decision_facts decision_ground
	decision_ground_reference_url decision_monetary decision_monetary_other decision_provision decision_visibility decision_visibility_other
	end_date_account_restriction end_date_monetary_restriction end_date_service_restriction end_date_visibility_restriction illegal_content_explanation
	illegal_content_legal_ground incompatible_content_explanation incompatible_content_ground incompatible_content_illegal puid source_identity source_type
	territorial_scope`)
