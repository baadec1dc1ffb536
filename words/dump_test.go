package words_test
import ("testing";"os";"sort";"fmt";"encoding/json")
func TestDump(t *testing.T){ k:=collect(t); var s []string; for x:=range k { s=append(s,x) }; sort.Strings(s); f,_:=os.Create("/tmp/keys.txt"); for _,x:=range s { b,_:=json.Marshal(x); fmt.Fprintf(f,"%s\t%s\n",b,k[x]) }; f.Close() }
