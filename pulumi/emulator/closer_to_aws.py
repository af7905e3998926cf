"""Starts the emulator with what it lacks of AWS and the stack's policies depend on. It is configured as the emulator is.

Run it with the Python that the emulator is installed in: python closer_to_aws.py

- `identity.py`: IAM's resources have their paths, and IAM's own condition keys are there; passing a role and tagging a
  new user are checked as the actions that they are. AWS's policy that denies everything is there.
- `visibility.py`: a user that was just made is not seen yet by the roles, and one that was just deleted still is.
- `sending.py`: SES checks the identity, the configuration set and the sender of an email, and tells EventBridge of
  emails to its mailbox simulator that bounce.
- `calling.py`: a function is called from outside, at its URL or by an HTTP API, only where its own policy says so.
- `record.py`: each decision of IAM is written to the file that KEYLEASE_IAM_DECISIONS names, a JSON object a line.

Each follows AWS's documentation: the Service Authorization Reference, and the guides of SES, EventBridge and Lambda.
"""

import sys

import calling
import identity
import record
import sending
import visibility

identity.install()
visibility.install()
sending.install()
calling.install()
record.install()

from ministack.app import main  # noqa: E402  (what it imports is changed first)

sys.exit(main())
