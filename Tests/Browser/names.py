"""What controls and headings are called: the words that people and screen readers know them by."""

import re

# Signing in and out
EMAIL = "E-mail"
PASSWORD = "Password"
SIGN_IN = "Sign in"
SIGN_OUT = "Sign out"
REFUSED = "not right"
CODE = "Code"
TURN_ON = "Turn it on"
NEW_PASSWORD = "New password"
SAVE_AND_SIGN_IN = "Save and sign in"

# The frame of every page
MENU = "Menu"
SEARCH = "Search"
STOP = "Stop"

# Today
TODAY = "Today"
CLIENTS = "Clients"
WHAT_YOU_DID = "What you did"
READ_BACK = "Read it back"
SAVE_IT = "Save it"

# A request
TIMER_FOR = "Timer for"
START_TIMER = "Start the timer"
WRITE = "Write"
ATTACHMENTS = "Attachments"
WHO_READS = "Who reads it"
TO_CLIENT = "The client: an answer"
SEND = "Send"

# Triage
SERVICE_LINE = "Service line"
WORK_TYPE = "Work type"
ACCEPT = "Accept"
ON_THE_BILL = "What an hour of work would be today"

# A statement
WHY = "Why?"

# People
NAME = "Name"
SHORT_NAME = "Short name"
ROLE = "Role"
INVITE = "Make the invitation"

# Keys
KEYS = "Keys"
USE_SINGLE_KEYS = "Use single keys"
SAVE = "Save"

# Import
EXPORT = "The tracker's export"
MAPPING = "The mapping file"
SEE_IMPORT = "See what it would add"
ADD_ENTRIES = "Add 3 entries"

# The portal
OVER_OR_LEFT = re.compile(" over| left until |All .* used")
NEW_REQUEST = "New request"
NOT_CHARGED = "Not charged"
IN_A_FEW_WORDS = "In a few words"
WHAT_HAPPENED = "What happened, or what you would like"
ASK_ABOUT = "Ask about this"
YOUR_QUESTION = "Your question"
ASK = "Ask"
INVITE_COLLEAGUE = "Invite"
BEYOND_HOURS = "Approve work beyond our hours"
UNTIL = "Until"
WE_ASK = "We ask for it"
OTHER_PLANS = "What other plans would have cost"
PLAN = "Plan"
ASK_FOR_PLAN = "Ask for it"
HOURS = "Hours"
ASK_FOR_HOURS = "Ask for them"
STATEMENTS_BY_MAIL = "Statements of closed months"
MAKE_TOKEN = "Make a token"
WHAT_FOR = "What it is for"
MAKE_IT = "Make it"
YOUR_PASSWORD = "Your password"
REVOKE = "Revoke"
