package witness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const tempSuffix = ".tmp"

// writeFile puts a file in its place whole or not at all, and returns once it would survive a loss of power.
func writeFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+tempSuffix) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(f.Name())))
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// openFolder makes the folder, takes it for this process, and clears away what a crash left half-written.
func openFolder(folder string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(folder, "lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: another witness works on this folder, or it can't be locked: %w", folder, err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tempSuffix) {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
				return nil, errors.Join(err, lock.Close())
			}
		}
	}
	return lock, nil
}
