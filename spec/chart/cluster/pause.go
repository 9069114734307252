// The process that holds a Pod's network while its containers come and go: it waits to be told to end. With an argument it
// ends at once, for containers that have nothing to do.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
}
