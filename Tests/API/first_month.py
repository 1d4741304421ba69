"""A client's first month, by a client library made of the API's description; see run."""

import datetime
import pathlib
import secrets
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from client import AuthenticatedClient  # noqa: E402
from client.api.clients import add_client, get_statement, sign_contract  # noqa: E402
from client.api.requests import open_request  # noqa: E402
from client.api.time import log_time  # noqa: E402
from client.models import AddClientBody, LogTimeBody, OpenRequestBody, SignContractBody  # noqa: E402

url, token = sys.argv[1:]
api = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
today = datetime.date.today()
name = f"fir-{secrets.token_hex(3)}"


def key():
    return secrets.token_hex(8)


add_client.sync(client=api, idempotency_key=key(), body=AddClientBody(id=name, name="Fir & Co", zone="UTC"))
sign_contract.sync(
    name, client=api, idempotency_key=key(),
    body=SignContractBody(service_line="website-maintenance", plan="care-2", from_=f"{today:%Y-%m}-01"))
request = open_request.sync(
    client=api, idempotency_key=key(),
    body=OpenRequestBody(client=name, service_line="website-maintenance", title="Cart is empty"))
once = key()
for _ in range(2):
    entry = log_time.sync(
        client=api, idempotency_key=once,
        body=LogTimeBody(request=request.id, work_type="content", hours="2:30", date=f"{today}"))
statement = get_statement.sync(name, f"{today:%Y-%m}", client=api)
totals = statement.additional_properties["totals"]
assert totals["drawn"] == "2:00" and totals["charged"] == "0:30", totals
print(f"{name}: {totals['worked']} worked, {totals['drawn']} from the plan, {totals['charged']} charged")
