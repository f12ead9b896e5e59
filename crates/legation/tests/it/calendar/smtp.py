"""A mail server (aiosmtpd) that keeps what it takes, for a test.

Usage: smtp.py FOLDER. Prints its port, and puts each message into FOLDER, `000.eml` onwards. As long
as FOLDER has a file `later`, every message is put off (451); one to an address that begins with
`nobody` is refused for good (550).
"""

import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP

FOLDER = pathlib.Path(sys.argv[1])


class Keep:
    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if (FOLDER / "later").exists():
            (FOLDER / "put-off").touch()
            return "451 4.3.0 come again"
        part = FOLDER / f"{self.count:03}.part"
        part.write_bytes(envelope.content)
        part.rename(FOLDER / f"{self.count:03}.eml")
        self.count += 1
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    keep = Keep()
    server = await loop.create_server(lambda: SMTP(keep), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
