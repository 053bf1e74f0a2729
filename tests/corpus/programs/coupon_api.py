"""A coupon may be redeemed once; the handler asks, waits for the mailer, and then marks it as used."""

import asyncio

from aiohttp import ClientSession, web

COUPONS = web.AppKey("coupons", dict)


async def send_receipt(mail):
    await asyncio.sleep(0.001)
    return f"sent to {mail}"


async def redeem(request):
    coupons = request.app[COUPONS]
    body = await request.json()
    code = body["code"]
    if code not in coupons:
        raise web.HTTPNotFound
    if coupons[code]["left"] < 1:
        return web.json_response({"error": "used"}, status=410)
    await send_receipt(body["mail"])
    coupons[code]["left"] -= 1
    return web.json_response({"discount": coupons[code]["percent"]})


async def shopper(url, after, mail):
    await asyncio.sleep(after)
    voucher = {"code": "MAY10", "mail": mail}
    async with ClientSession() as session, session.post(url, json=voucher) as response:
        return response.status


async def main():
    app = web.Application()
    app[COUPONS] = {"MAY10": {"left": 1, "percent": 10}}
    app.add_routes([web.post("/redeem", redeem)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/redeem"
    statuses = await asyncio.gather(shopper(url, 0, "ann@example.org"), shopper(url, 0.15, "ben@example.org"))
    await runner.cleanup()
    return sorted(statuses), app[COUPONS]["MAY10"]["left"]
