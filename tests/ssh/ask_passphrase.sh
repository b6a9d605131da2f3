#!/bin/sh
# SSH_ASKPASS of the tests: ssh-add asks here, and gets what the test put into its environment.
printf '%s\n' "$TEST_PASSPHRASE"
