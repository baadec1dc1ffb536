package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
)

// usage is what this process, and the database's server where it is on this machine, have used of the processors so far.
type usage struct {
	ours, server time.Duration
	peak         *atomic.Int64 // the largest resident memory of this process since then, in bytes
	stop         chan struct{}
}

// usageOf reads it from /proc; where there is none it is 0.
func usageOf(t *testing.T, w *apptest.World) usage {
	t.Helper()
	u := usage{ours: processorTime("self"), peak: &atomic.Int64{}, stop: make(chan struct{})}
	if models.IsPostgres(w.DB.DB) {
		var dir string
		must(t, w.DB.Owner(t).Raw("SELECT current_setting('data_directory')").Scan(&dir).Error)
		if pid, err := os.ReadFile(filepath.Join(dir, "postmaster.pid")); err == nil {
			u.server = familyTime(strings.SplitN(string(pid), "\n", 2)[0])
		}
	}
	runtime.GC()
	go func() {
		for {
			u.peak.Store(max(u.peak.Load(), resident()))
			select {
			case <-u.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return u
}

func (u usage) since(before usage) string {
	close(u.stop)
	close(before.stop)
	return fmt.Sprintf("%.1f s of a processor here and %.1f s in the server, %d MB at most",
		(u.ours - before.ours).Seconds(), (u.server - before.server).Seconds(), before.peak.Load()>>20)
}

// tick is the unit of /proc/PID/stat on Linux.
const tick = 10 * time.Millisecond

// statOf are the fields of /proc/PID/stat behind the command's name; the first is the third of proc(5).
func statOf(pid string) []string {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	return strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
}

func sumOf(fields []string) time.Duration {
	n := 0
	for _, f := range fields {
		v, _ := strconv.Atoi(f)
		n += v
	}
	return time.Duration(n) * tick
}

func processorTime(pid string) time.Duration {
	if s := statOf(pid); len(s) > 14 {
		return sumOf(s[11:13]) // user, system
	}
	return 0
}

// familyTime is a process's, its children's and that of those which have ended.
func familyTime(parent string) time.Duration {
	sum := time.Duration(0)
	if s := statOf(parent); len(s) > 14 {
		sum = sumOf(s[11:15])
	}
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		pid := filepath.Base(dir)
		if s := statOf(pid); len(s) > 14 && s[1] == parent {
			sum += processorTime(pid)
		}
	}
	return sum
}

func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	if f := strings.Fields(string(b)); len(f) > 1 {
		n, _ := strconv.ParseInt(f[1], 10, 64)
		return n * int64(os.Getpagesize())
	}
	return 0
}
