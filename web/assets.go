package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// styles are the style sheets in the order in which the layout links them.
var styles = []string{"tokens.css", "base.css", "components.css", "forms.css", "review.css", "tables.css", "charts.css", "comfort.css", "routing.css", "sets.css"}

// assetVersion is a hash over all static files, and a folder of their
// addresses: /static/{assetVersion}/app.js. One version for all of them lets
// modules import each other by relative names.
var assetVersion = hashFiles(Static())

// Static is the static files as they lie in the package, unversioned.
func Static() fs.FS {
	sub, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // the folder is embedded; this can't fail at run time
	}
	return sub
}

// StaticHandler serves /static/{version}/{file}, GET and HEAD; mount it at
// "/static/" without stripping the prefix. The current version is cached
// for ever; another version (an older page, an instance that isn't updated
// yet) gets the current file, not cached.
func StaticHandler() http.Handler {
	files := http.FileServerFS(Static())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
		if !ok || !isFile(name) {
			http.NotFound(w, r)
			return
		}
		cache := "no-store"
		if version == assetVersion {
			cache = "public, max-age=31536000, immutable"
		}
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r2 := r.Clone(r.Context())
		r2.URL.Path = "/" + name
		r2.URL.RawPath = ""
		files.ServeHTTP(w, r2)
	})
}

// asset is the versioned address of a static file. A name that doesn't exist
// fails the page, so that a test finds it.
func asset(name string) (string, error) {
	if _, err := fs.Stat(Static(), name); err != nil {
		return "", err
	}
	return path.Join("/static", assetVersion, name), nil
}

func isFile(name string) bool {
	info, err := fs.Stat(Static(), name)
	return err == nil && info.Mode().IsRegular()
}

func hashFiles(files fs.FS) string {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write([]byte{0})
		sum.Write(data)
		return nil
	})
	if err != nil {
		panic(err) // embedded files can always be read
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
