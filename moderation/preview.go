package moderation

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"

	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of previews: how large one is drawn, how much memory its picture may take, and how many are drawn at once.
const (
	previewSide  = 840
	previewBytes = 64 << 20
	previewTurns = 2
)

var atTheEasel = make(chan struct{}, previewTurns)

// Previewable says whether a file is shown on pages at all.
func Previewable(fileType string) bool { return strings.HasPrefix(fileType, "image/") }

// EvidencePreview is a picture among a request's evidence, drawn anew, for who has opened that piece: the look is on
// record already.
func (d *Desk) EvidencePreview(ctx context.Context, actor models.Actor, marketplace, proposal string, n int) ([]byte, error) {
	v, err := d.Proposal(ctx, actor, marketplace, proposal)
	if err != nil {
		return nil, err
	}
	db := d.db.WithContext(ctx)
	opened, err := openedBy(db, marketplace, proposal, actor.ID)
	if err != nil {
		return nil, models.Translate(err)
	}
	if n < 0 || n >= len(v.Removal.Evidence) || !slices.Contains(opened, n) || v.Removal.Evidence[n].Kind != EvidenceFile {
		return nil, errNoPreview()
	}
	a, err := sameFile(db, marketplace, proposal, v.Removal.Evidence[n])
	if err != nil {
		return nil, err
	}
	return preview(ctx, a)
}

// OwnPreview is a picture that somebody has uploaded and not sent yet, drawn anew, for themselves: its upload is on record.
func (d *Desk) OwnPreview(ctx context.Context, actor models.Actor, marketplace, ticket, id string) ([]byte, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "request", "attachment", id); err != nil {
		return nil, err
	}
	a, err := ownFile(d.db.WithContext(ctx), actor, marketplace, ticket, id)
	if err != nil {
		return nil, err
	}
	return preview(ctx, a)
}

func errNoPreview() error {
	return models.E(models.NotFound, "no_preview", "There is no picture to show here.")
}

// preview draws a picture anew as a small JPEG, so that a browser never gets bytes that somebody else chose, nor what a
// camera wrote beside the picture.
func preview(ctx context.Context, a models.Attachment) ([]byte, error) {
	if !Previewable(a.Type) || !fitsMemory(a.Content) {
		return nil, errNoPreview()
	}
	select {
	case atTheEasel <- struct{}{}:
		defer func() { <-atTheEasel }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	in, _, err := image.Decode(bytes.NewReader(a.Content))
	if err != nil {
		return nil, errNoPreview() //nolint:nilerr // what can't be drawn is handed out as a file all the same
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, shrink(in), &jpeg.Options{Quality: 82})
	return out.Bytes(), err
}

// fitsMemory says whether a picture can be drawn, by its header.
func fitsMemory(content []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return false
	}
	each := 4
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		each = 8
	}
	return c.Width > 0 && c.Height > 0 && c.Width*c.Height <= previewBytes/each
}

// shrink draws a picture on white, at most so large, each pixel the mean of four of the original.
func shrink(in image.Image) image.Image {
	b := in.Bounds()
	w, h := b.Dx(), b.Dy()
	if side := max(w, h); side > previewSide {
		w, h = max(1, w*previewSide/side), max(1, h*previewSide/side)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	at := func(i, n, size int) int { return (4*i + 2*n + 1) * size / 4 }
	for y := range h {
		for x := range w {
			var r, g, bl uint32
			for n := range 4 {
				cr, cg, cb, ca := in.At(b.Min.X+at(x, n%2, b.Dx())/w, b.Min.Y+at(y, n/2, b.Dy())/h).RGBA()
				white := 0xffff - ca
				r, g, bl = r+cr+white, g+cg+white, bl+cb+white
			}
			out.SetRGBA(x, y, color.RGBA{uint8(r / 4 >> 8), uint8(g / 4 >> 8), uint8(bl / 4 >> 8), 0xff})
		}
	}
	return out
}
