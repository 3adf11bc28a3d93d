"""A FastAPI service with 31 tests, made by code: the repository that the overhead is measured on."""

APP = '''
"""A small shop."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI()
ITEMS: dict[int, "Item"] = {}


class Item(BaseModel):
    name: str = Field(min_length=1)
    price: float = Field(gt=0)
    stock: int = Field(default=0, ge=0)


def total(item: Item, count: int) -> float:
    if count > item.stock:
        raise ValueError("not enough in stock")
    return round(item.price * count * (0.9 if count >= 10 else 1.0), 2)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.put("/items/{number}", status_code=201)
def put(number: int, item: Item) -> Item:
    ITEMS[number] = item
    return item


@app.get("/items/{number}")
def get(number: int) -> Item:
    if number not in ITEMS:
        raise HTTPException(404, "no such item")
    return ITEMS[number]


@app.post("/items/{number}/order")
def order(number: int, count: int) -> dict[str, float]:
    try:
        return {"total": total(get(number), count)}
    except ValueError as error:
        raise HTTPException(409, str(error)) from error
'''

TESTS = """
import pytest
from fastapi.testclient import TestClient

from shop import ITEMS, Item, app, total


@pytest.fixture
def client():
    ITEMS.clear()
    with TestClient(app) as client:
        yield client


def test_health(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("number", range(8))
def test_put_and_get(client, number):
    body = {"name": f"thing {number}", "price": 1.5 + number, "stock": number}
    assert client.put(f"/items/{number}", json=body).status_code == 201
    assert client.get(f"/items/{number}").json() == body


@pytest.mark.parametrize("number", range(4))
def test_missing(client, number):
    assert client.get(f"/items/{number}").status_code == 404


BAD = [{}, {"name": ""}, {"name": "a", "price": 0}, {"name": "a", "price": 1, "stock": -1}]


@pytest.mark.parametrize("body", BAD)
def test_refused(client, body):
    assert client.put("/items/1", json=body).status_code == 422


@pytest.mark.parametrize(("count", "expected"), [(1, 2.0), (2, 4.0), (9, 18.0), (10, 18.0), (20, 36.0)])
def test_total(count, expected):
    assert total(Item(name="a", price=2, stock=50), count) == expected


@pytest.mark.parametrize("count", range(1, 6))
def test_order(client, count):
    client.put("/items/1", json={"name": "a", "price": 2, "stock": 3})
    answer = client.post("/items/1/order", params={"count": count})
    assert answer.status_code == (200 if count <= 3 else 409)


@pytest.mark.parametrize("count", range(4))
def test_more_than_there_is(count):
    with pytest.raises(ValueError):
        total(Item(name="a", price=2, stock=count), count + 1)
"""

FILES: dict[str, bytes] = {
    "shop.py": APP.encode(),
    "tests/test_shop.py": TESTS.encode(),
    "requirements.txt": b"fastapi\nhttpx\npytest\n",
    "pytest.ini": b"[pytest]\ntestpaths = tests\npythonpath = .\n",
}
