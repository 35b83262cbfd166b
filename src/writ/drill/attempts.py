"""What people try at a drill's portal that must not have them served.

1. Somebody has a friend's wallet answer their link: alone, and then with the code told.
2. Somebody follows the link of another's refusal, with a key of their own.
3. Somebody with two citizenships shows the one that does not count; whether that is found out to be
   little, they are still asked.
4. After each, the key of whoever tried asks, and what it gets is written down.
"""

from dataclasses import dataclass

from writ.drill.deployment import Deployment
from writ.drill.population import Party
from writ.drill.record import Attempt, How
from writ.drill.telling import Telling
from writ.drill.traffic import Traffic
from writ.drill.visitor import Purse, Visitor
from writ.errors import Failed


@dataclass(frozen=True, slots=True)
class Attempts:
    """Plays them over an enrolled deployment."""

    site: Deployment
    traffic: Traffic
    telling: Telling

    def visitor(self, party: Party) -> Visitor:
        """Return a browser whose person has the party's key."""
        return Visitor(self.site.gateway, self.traffic.credentials[party.number].text)

    async def lent(self, borrower: Party, model: str, purse: Purse) -> None:
        """Rule 1."""
        async with self.visitor(borrower) as visitor, Visitor(self.site.gateway) as friend:
            address = await purse.present(friend.http, await visitor.link(model), 1)
            code = await friend.code(address)
            await self._ask(borrower, model, "lent")
            await visitor.type(code)
            await self._ask(borrower, model, "told")

    async def stolen(self, thief: Party, victim: Party, model: str) -> None:
        """Rule 2."""
        async with self.visitor(victim) as refused, self.visitor(thief) as visitor:
            if await visitor.enter(await refused.refusal(model)):
                raise Failed("the portal let somebody in by the link of another's refusal")
        await self._ask(thief, model, "stolen")

    async def half(self, party: Party, model: str, citizenships: tuple[str, str]) -> None:
        """Rule 3: of two, the first is shown."""
        purse = Purse(self.site.issuer, citizenships)
        async with self.visitor(party) as visitor:
            address = await purse.present(visitor.http, await visitor.link(model), 0)
            await visitor.follow(address)
        await self._ask(party, model, "half")

    async def _ask(self, party: Party, model: str, how: How) -> None:
        """Rule 4."""
        request = await self.traffic.ask(party, model, "returning")
        line = Attempt(
            party=party.number, case=party.case, model=model, how=how, answer=request.answer
        )
        self.traffic.journal.write(line)
        self.telling.attempted(line)
