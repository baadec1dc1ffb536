package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// HoldRow is a hold as lists show it, with the text that was hidden.
type HoldRow struct {
	models.Hold
	HolderName   string
	SellerName   string
	Title        string
	Body         string
	ReviewErased *time.Time
}

// HoldFigures count holds by how they ended.
type HoldFigures struct{ All, Open, Confirmed, Lifted, Lapsed int }

func holdRows(db *gorm.DB, marketplace string) *gorm.DB {
	return db.Table("holds h").
		Select(`h.*, a.name AS holder_name, s.name AS seller_name, COALESCE(v.title, r.title) AS title, COALESCE(v.body, r.body) AS body, r.erased_at AS review_erased`).
		Joins("JOIN reviews r ON r.marketplace_id = h.marketplace_id AND r.id = h.review_id").
		Joins("LEFT JOIN review_versions v ON v.marketplace_id = h.marketplace_id AND v.review_id = h.review_id AND v.version = h.review_version").
		Joins("JOIN sellers s ON s.marketplace_id = h.marketplace_id AND s.id = h.seller_id").
		Joins("JOIN staff a ON a.id = h.holder_id").
		Where("h.marketplace_id = ?", marketplace)
}

// Holds lists holds, newest first, all of a marketplace or those of one person, and counts them.
func (d *Desk) Holds(ctx context.Context, actor models.Actor, marketplace, holder string, c *models.Cursor) ([]HoldRow, HoldFigures, models.Around, error) {
	var n HoldFigures
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "hold"}, "read", "marketplace", marketplace); err != nil {
		return nil, n, models.Around{}, err
	}
	db := d.db.WithContext(ctx)
	v, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return nil, n, models.Around{}, err
	}
	hidden, err := d.hiddenHolders(v, db.Model(&models.Hold{}).Select("review_id").Where("marketplace_id = ?", marketplace))
	if err != nil {
		return nil, n, models.Around{}, err
	}
	var not []string // one person's holds would tell who held, so those that hide it aren't among them
	if holder != "" && holder != actor.ID {
		for id, is := range hidden {
			if is {
				not = append(not, id)
			}
		}
	}
	if n, err = d.countHolds(ctx, marketplace, holder, not); err != nil {
		return nil, n, models.Around{}, err
	}
	q := holdRows(db, marketplace)
	if holder != "" {
		q = q.Where("h.holder_id = ?", holder)
	}
	if len(not) > 0 {
		q = q.Where("h.review_id NOT IN ?", not)
	}
	var out []HoldRow
	if err := models.Page(q, c, "h.placed_at", "h.id").Find(&out).Error; err != nil {
		return nil, n, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(h HoldRow) (time.Time, string) { return h.PlacedAt, h.ID })
	return out, n, around, v.overHolds(out, hidden)
}

// HoldsOf counts a person's holds by how they ended; "" counts everybody's. It asks for no right: the pages that show it do.
func (d *Desk) HoldsOf(ctx context.Context, marketplace, holder string) (HoldFigures, error) {
	return d.countHolds(ctx, marketplace, holder, nil)
}

func (d *Desk) countHolds(ctx context.Context, marketplace, holder string, not []string) (HoldFigures, error) {
	var n HoldFigures
	var found []struct {
		How string
		N   int
	}
	each := d.db.Table("holds").Select("CASE WHEN ended_at IS NULL AND until <= ? THEN 'lapsed' ELSE COALESCE(how, '') END AS how", d.now()).
		Where("marketplace_id = ?", marketplace)
	if holder != "" {
		each = each.Where("holder_id = ?", holder)
	}
	if len(not) > 0 {
		each = each.Where("review_id NOT IN ?", not)
	}
	err := d.db.WithContext(ctx).Table("(?) h", each).Select("how, count(*) AS n").Group("how").Find(&found).Error
	for _, x := range found {
		n.All += x.N
		switch x.How {
		case models.HoldConfirmed:
			n.Confirmed = x.N
		case models.HoldLifted:
			n.Lifted = x.N
		case models.HoldLapsed:
			n.Lapsed = x.N
		default:
			n.Open = x.N
		}
	}
	return n, models.Translate(err)
}

// mostHolds bounds the holds of one review that are shown; there is one for each version.
const mostHolds = 50

// HoldsAt are the holds of a review, oldest first, for the pages that show the review anyway. Who sells isn't among them:
// that is those pages' to show, or to hide.
func (d *Desk) HoldsAt(ctx context.Context, actor models.Actor, marketplace, review string) ([]HoldRow, error) {
	db := d.db.WithContext(ctx)
	var out []HoldRow
	err := holdRows(db, marketplace).Where("h.review_id = ?", review).Order("h.placed_at").Limit(mostHolds).Find(&out).Error
	if err != nil || len(out) == 0 {
		return nil, models.Translate(err)
	}
	v, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return nil, err
	}
	hidden, err := d.hiddenHolders(v, oneReview(db, marketplace, review))
	for i := range out {
		out[i].SellerID, out[i].SellerName = "", ""
	}
	if err != nil {
		return nil, err
	}
	return out, v.overHolds(out, hidden)
}

func oneReview(db *gorm.DB, marketplace, id string) *gorm.DB {
	return db.Model(&models.Review{}).Select("id").Where("marketplace_id = ? AND id = ?", marketplace, id)
}

// Holdable says whether somebody can hold the review of a ticket that they have, and how many holds are left to them today.
func (d *Desk) Holdable(ctx context.Context, actor models.Actor, m models.Marketplace, r models.Review) (may bool, left int, err error) {
	if m.HoldsPerDay < 1 {
		return false, 0, nil
	}
	db := d.db.WithContext(ctx)
	var before, today int64
	if err := db.Model(&models.Hold{}).Where("marketplace_id = ? AND review_id = ? AND review_version = ?", m.ID, r.ID, r.Version).Count(&before).Error; err != nil {
		return false, 0, models.Translate(err)
	}
	err = db.Model(&models.Hold{}).Where("marketplace_id = ? AND holder_id = ? AND day = ?", m.ID, actor.ID, d.now().UTC().Format(time.DateOnly)).Count(&today).Error
	left = max(m.HoldsPerDay-int(today), 0)
	return before == 0 && left > 0, left, models.Translate(err)
}
