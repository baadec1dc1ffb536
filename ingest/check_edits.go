package ingest

import (
	"context"
	"encoding/hex"
	"fmt"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// version is one version above the first of a review.
type version struct {
	MarketplaceID string
	ReviewID      string
	Version       int
	Digest        []byte
}

func (v version) key() string { return fmt.Sprintf("%s/%s/%d", v.MarketplaceID, v.ReviewID, v.Version) }

// checkEdits makes sure that every version above the first has its entry, and only one.
func checkEdits(_ context.Context, db *gorm.DB) (string, error) {
	var markets []string
	if err := db.Model(&models.Marketplace{}).Order("id").Pluck("id", &markets).Error; err != nil {
		return "", err
	}
	for _, market := range markets {
		last := ""
		for {
			q := db.Model(&models.Review{}).Where("marketplace_id = ? AND version > 1", market).Order("id").Limit(checkBatch)
			if last != "" {
				q = q.Where("id > ?", last)
			}
			var ids []string
			if err := q.Pluck("id", &ids).Error; err != nil {
				return "", err
			}
			if len(ids) == 0 {
				break
			}
			if finding, err := checkEdited(db, market, ids); err != nil || finding != "" {
				return finding, err
			}
			last = ids[len(ids)-1]
		}
	}
	return "", nil
}

// checkEdited does so for some reviews of a marketplace.
func checkEdited(db *gorm.DB, market string, reviews []string) (string, error) {
	var versions []version
	err := db.Raw(`
		SELECT marketplace_id, id AS review_id, version, digest FROM reviews WHERE marketplace_id = ? AND id IN ?
		 UNION ALL
		SELECT marketplace_id, review_id, version, digest FROM review_versions WHERE marketplace_id = ? AND review_id IN ? AND version > 1
		 ORDER BY review_id, version`, market, reviews, market, reviews).Scan(&versions).Error
	if err != nil {
		return "", err
	}
	said, finding, err := editsOf(db, reviews)
	if err != nil || finding != "" {
		return finding, err
	}
	for _, v := range versions {
		if said[v.key()] != hex.EncodeToString(v.Digest) {
			return fmt.Sprintf("version %d of review %s is explained by no entry", v.Version, v.ReviewID), nil
		}
	}
	return "", nil
}

// editsOf maps the versions that entries speak of to the digests they give.
func editsOf(db *gorm.DB, reviews []string) (map[string]string, string, error) {
	said := map[string]string{}
	q := db.Model(&models.LedgerEntry{}).Where("act = ? AND outcome = ? AND subject_id IN ?", actEdit, models.OutcomeDone, reviews).Order("id")
	finding, err := stream(db, q, func(e models.LedgerEntry) (string, error) {
		v, digest := editOf(e)
		if _, twice := said[v.key()]; twice {
			return "entry " + e.ID + " speaks of an edit that another entry has already", nil
		}
		said[v.key()] = digest
		return "", nil
	})
	return said, finding, err
}

// editOf is what the entry of an edit says; version 0 where it can't be read.
func editOf(e models.LedgerEntry) (version, string) {
	v := version{MarketplaceID: e.MarketplaceID, ReviewID: e.SubjectID}
	b, err := ledger.ParseBody(e.Body)
	if err != nil {
		return v, ""
	}
	n, _ := b.Data["version"].(float64)
	digest, _ := b.Data["digest"].(string)
	v.Version = int(n)
	return v, digest
}

// edit is an entry's, with the present version of the review that it speaks of; 0 where there is none.
type editEntry struct {
	models.LedgerEntry
	Present int
}

// checkEditEntries makes sure that no entry speaks of an edit that isn't there.
func checkEditEntries(_ context.Context, db *gorm.DB) (string, error) {
	q := db.Table("ledger_entries e").Select("e.id, e.marketplace_id, e.subject_id, e.body, coalesce(r.version, 0) AS present").
		Joins("LEFT JOIN reviews r ON r.marketplace_id = e.marketplace_id AND CAST(r.id AS text) = e.subject_id AND r.version > 1").
		Where("e.act = ? AND e.outcome = ?", actEdit, models.OutcomeDone)
	return stream(db, q, func(e editEntry) (string, error) {
		if v, _ := editOf(e.LedgerEntry); v.Version < 2 || v.Version > e.Present {
			return "entry " + e.ID + " speaks of an edit that isn't there", nil
		}
		return "", nil
	})
}
