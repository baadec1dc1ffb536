package handlers

import (
	"io"
	"mime"
	"mime/multipart"
	"net/url"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// uploads are the routes that take files, whose bodies may be larger than a form's.
var uploads = map[string]bool{"/m/:market/tickets/:id/remove": true, "/m/:market/tickets/:id/check": true}

// maxUpload bounds a form with files.
const maxUpload = moderation.MaxFiles*moderation.MaxFile + maxBody

// maxFields bounds the fields of a form with files; each is bounded like a form.
const maxFields = 60

// upload is a file as it was sent. Of one that is too large there is only as much as it takes to know.
type upload struct {
	Name    string
	Content []byte
}

// readUploads reads a form that may carry files, from front to back. Where it is too large, what stood before that is
// still read: nothing typed is lost, since the files come last.
func readUploads(c *gin.Context) ([]upload, error) {
	kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if kind != "multipart/form-data" {
		return nil, nil
	}
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, models.InvalidField("files", "The form can't be read.")
	}
	values := url.Values{}
	defer func() {
		c.Request.Form, c.Request.PostForm, c.Request.MultipartForm = values, values, &multipart.Form{Value: values}
	}()
	var out []upload
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil || n > maxFields+moderation.MaxFiles {
			return out, tooMuch()
		}
		limit := int64(maxBody)
		if part.FileName() != "" {
			limit = moderation.MaxFile + 1
		}
		content, err := io.ReadAll(io.LimitReader(part, limit))
		switch {
		case err != nil:
			return out, tooMuch()
		case part.FormName() == "files" && part.FileName() != "":
			out = append(out, upload{part.FileName(), content})
		case part.FormName() != "files":
			values.Add(part.FormName(), string(content))
		}
	}
}

func tooMuch() error {
	return models.InvalidField("files", "Together these files are too large: at most %d of 2 MB each.", moderation.MaxFiles)
}

// attach takes the uploaded files in and says, by the name of each, what is wrong with those that can't be.
func (s *Server) attach(c *gin.Context, ticket string, files []upload, errs web.Errors) ([]string, error) {
	var ids []string
	for _, f := range files {
		a, err := s.app.Desk.Attach(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, ticket, f.Name, f.Content)
		if wrong, _, ok := fields(c, err); ok {
			for _, text := range wrong {
				errs["files"] += text + " "
			}
			continue
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, a.ID)
	}
	return ids, nil
}
