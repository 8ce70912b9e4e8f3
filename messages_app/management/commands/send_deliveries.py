"""Sends what is due without Celery or its broker: the table is the queue."""

import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from messages_app.services.digests import send_digests
from messages_app.services.dispatch import dispatch
from messages_app.services.sweep import sweep


class Command(BaseCommand):
    """For when the broker is down, and for whoever prefers one process more to a broker."""

    help = "Send the SMS and e-mails that are due, without Celery; run it beside it at will."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=5, help="seconds between two looks")
        parser.add_argument("--threads", type=int, default=4, help="texts sent at once")
        parser.add_argument("--once", action="store_true", help="look once, then end")

    def handle(self, *args: Any, every: float, threads: int, once: bool, **options: Any) -> None:
        while True:
            send_digests(at=timezone.now())
            with ThreadPoolExecutor(threads) as pool:
                swept = sweep(send=lambda pk: pool.submit(_dispatch, pk))
            if once:
                self.stdout.write(f"{swept.woken} due, {swept.asked} asked about")
                return
            time.sleep(every)


def _dispatch(delivery_id: int) -> None:
    try:
        dispatch(delivery_id=delivery_id)
    finally:
        connection.close()
