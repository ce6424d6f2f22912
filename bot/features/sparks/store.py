"""What is read and written for sparks. Nothing here commits."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.sparks.model import Spark, SparkMember
from bot.people import Person

GONE = "That spark is gone. `/spark` shows yours."


async def tell_of(ctx: Context, what: str, people: Iterable[Person]) -> Spark:
    """Store it, confirmed by whoever tells, and ask the others."""
    me = await ctx.person()
    spark = Spark(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        what=what,
        named_by=me.id,
        created_at=ctx.now,
    )
    ctx.session.add(spark)
    await ctx.session.flush()
    ctx.session.add(SparkMember(spark_id=spark.id, person_id=me.id, confirmed_at=ctx.now))
    for person in people:
        ctx.session.add(SparkMember(spark_id=spark.id, person_id=person.id))
        await ctx.outbox.later(
            "sparks.confirm",
            key=f"sparks-confirm:{spark.id}:{person.id}",
            due=ctx.now,
            person=person.id,
            spark=spark.id,
            whom=person.id,
        )
    return spark


async def spark_of(ctx: Context, spark_id: str) -> tuple[Spark, SparkMember]:
    """One with this person in it, held until the end. Raises UserError."""
    person = await ctx.person()
    spark = await ctx.get_own(Spark, spark_id, GONE, lock=True)
    member = await ctx.session.get(SparkMember, (spark_id, person.id))
    if member is None:
        raise UserError(GONE)
    return spark, member


async def members(scene: Scene, spark_id: str) -> Sequence[SparkMember]:
    found = await scene.session.scalars(
        select(SparkMember).where(SparkMember.spark_id == spark_id).order_by(SparkMember.person_id)
    )
    return found.all()


async def mine(ctx: Context) -> Sequence[Spark]:
    """Those with this person in them that wait or count, newest first. Looking stores nobody."""
    person = await ctx.known_person()
    if person is None:
        return ()
    found = await ctx.session.scalars(
        select(Spark)
        .join(SparkMember, SparkMember.spark_id == Spark.id)
        .where(
            Spark.community_id == ctx.community.id,
            SparkMember.person_id == person.id,
            or_(Spark.ended_at.is_(None), Spark.confirmed_at.is_not(None)),
        )
        .order_by(Spark.created_at.desc(), Spark.id)
    )
    return found.all()


async def open_for(ctx: Context, sparks: Iterable[Spark]) -> set[str]:
    """Ids of those that wait for this person's answer."""
    person = await ctx.known_person()
    if person is None:
        return set()
    ids = [spark.id for spark in sparks if spark.waits]
    found = await ctx.session.scalars(
        select(SparkMember.spark_id).where(
            SparkMember.spark_id.in_(ids),
            SparkMember.person_id == person.id,
            SparkMember.confirmed_at.is_(None),
        )
    )
    return set(found)


async def names(scene: Scene, sparks: Iterable[Spark]) -> dict[str, list[tuple[str, bool]]]:
    """By spark, everybody's name and whether they have confirmed."""
    found = await scene.session.execute(
        select(SparkMember.spark_id, Person.name, SparkMember.confirmed_at)
        .join(Person, Person.id == SparkMember.person_id)
        .where(SparkMember.spark_id.in_([spark.id for spark in sparks]))
        .order_by(Person.name, Person.id)
    )
    named: dict[str, list[tuple[str, bool]]] = {}
    for spark_id, name, confirmed_at in found:
        named.setdefault(spark_id, []).append((name, confirmed_at is not None))
    return named
