package web

import (
	"reflect"
	"time"
)

// zoned is a page that says whose times it shows: every page that embeds Page.
type zoned interface{ Zoned() *time.Location }

var timeType = reflect.TypeFor[time.Time]()

// inZone puts all times of a page into its reader's zone, so that whatever writes one writes it as the reader
// counts. The instant stays the same: what is in UTC for everybody, such as the bounds of a chart's periods, asks for it.
func inZone(p PageData) PageData {
	z, ok := p.(zoned)
	if !ok {
		return p
	}
	v := reflect.ValueOf(p)
	if v.Kind() != reflect.Struct {
		return p
	}
	page := reflect.New(v.Type()).Elem()
	page.Set(v)
	moveTimes(page, z.Zoned())
	return page.Interface().(PageData)
}

// moveTimes walks what a page is made of. What isn't exported isn't a template's to show, and is left alone.
func moveTimes(v reflect.Value, zone *time.Location) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == timeType {
			if t := v.Interface().(time.Time); v.CanSet() && !t.IsZero() && t.Location() != zone {
				v.Set(reflect.ValueOf(t.In(zone)))
			}
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); v.Type().Field(i).IsExported() {
				moveTimes(f, zone)
			}
		}
	case reflect.Slice, reflect.Array:
		if holdsNone[v.Type().Elem().Kind()] {
			return
		}
		for i := range v.Len() {
			moveTimes(v.Index(i), zone)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Location]() {
			moveTimes(v.Elem(), zone)
		}
	}
}

// holdsNone are kinds of which a list has no times, however long it is.
var holdsNone = map[reflect.Kind]bool{reflect.String: true, reflect.Uint8: true, reflect.Int: true, reflect.Float64: true, reflect.Bool: true}
