"""How couriers and the platform word a parcel's journey; the couriers' words are ones seen in real replies.

Keys are the values of parcels.Step. Where a courier has no line of its own, the general one serves.
"""

from __future__ import annotations

HUBS = ("BANDUNG GEDEBAGE", "CIKARANG DC", "PULO GADUNG", "MEGAHUB CENGKARENG")

_GENERAL = {
    "label": "Pesanan dibuat, menunggu penjemputan kurir",
    "picked_up": "Paket telah diambil kurir dari pengirim",
    "at_origin": "Paket telah tiba di {hub}",
    "departed": "Paket telah berangkat dari {hub} menuju {destination}",
    "arrived": "Paket telah tiba di sorting center {destination}",
    "at_station": "Paket telah sampai di {destination}",
    "out": "Paket sedang diantar ke alamat penerima oleh kurir {rider}",
    "failed": "Pengiriman gagal: rumah kosong",
    "delivered": "Paket telah diterima oleh {name}, penerima",
    "refused": "Pengiriman gagal: penerima menolak paket",
    "returning": "Paket diretur ke pengirim",
    "returned": "Paket telah dikembalikan ke pengirim",
    "lost": "Paket dinyatakan hilang (LOST)",
    "cancelled": "Order dibatalkan",
}
_COURIERS = {
    "jnt": {
        "label": "Manifes",
        "picked_up": "Paket telah diterima oleh DC_{origin}",
        "departed": "Paket akan dikirimkan ke {destination}",
        "arrived": "Paket telah sampai di {destination}",
        "out": "Paket akan dikirim ke alamat penerima",
        "delivered": "Paket telah diterima",
    },
    "jne": {
        "label": "SHIPMENT DATA ENTRY",
        "picked_up": "SHIPMENT PICKED UP BY JNE COURIER [{origin}]",
        "at_origin": "RECEIVED AT SORTING CENTER [{origin}]",
        "departed": "SHIPMENT FORWARDED TO DESTINATION [{destination}]",
        "arrived": "RECEIVED AT WAREHOUSE [{destination}]",
        "at_station": "RECEIVED AT INBOUND STATION [{destination}]",
        "out": "WITH DELIVERY COURIER [{destination}]",
        "failed": "CUSTOMER NOT AT HOME [{destination}]",
        "delivered": "DELIVERED TO [{name} | {destination}]",
        "returning": "RETURN TO SHIPPER",
        "returned": "RETURNED TO SHIPPER",
    },
    "sicepat": {
        "label": "Terima permintaan pick up dari [TOKO CONTOH]",
        "picked_up": "Paket telah di pick up oleh [SIGESIT - {rider}]",
        "at_origin": "Paket telah di input (manifested) di {origin} [{hub}]",
        "departed": "Paket keluar dari {origin} [{hub}]",
        "arrived": "Paket telah di terima di {destination} [{destination} HUB]",
        "out": "Paket dibawa [SIGESIT - {rider}]",
        "delivered": "Paket diterima oleh [{name} - (KEL) KELUARGA SERUMAH]",
    },
    "anteraja": {
        "label": "Pickup sudah di-request oleh shipper, dan akan segera diproses",
        "picked_up": "Parcel sudah di-pickup oleh SATRIA",
        "at_origin": "Parcel sudah tiba di Hub {origin}",
        "departed": "Parcel sedang menuju ke Hub {destination} (proses transit)",
        "arrived": "Parcel sudah tiba di Hub {destination}",
        "at_station": "Parcel sudah tiba di SS {destination} untuk proses delivery",
        "out": "SATRIA sudah ditugaskan dan parcel akan segera diantar",
        "delivered": "Delivery sukses oleh SATRIA {rider}",
    },
    "ninja": {
        "label": "Order dibuat",
        "picked_up": "Telah berhasil dijemput dari TOKO CONTOH",
        "delivered": "Parsel telah berhasil dikirimkan",
    },
    "spx": {
        "at_origin": "Pesanan telah disortir di {hub}",
        "delivered": "Pesanan tiba di alamat tujuan, diterima oleh {name}",
    },
    "lion": {
        "label": "PENGIRIMANMU TELAH DIBUAT",
        "picked_up": "PAKETMU TELAH DIPROSES OLEH AGEN {origin}",
        "at_origin": "SAMPAI DI GUDANG {origin} (TRANSIT)",
        "departed": "TELAH DIBERANGKATKAN DENGAN TRUK KE {destination}",
        "arrived": "SAMPAI DI GUDANG {destination}",
        "out": "DIANTAR KE ALAMAT PENERIMA OLEH KURIR {rider}",
        "delivered": "TELAH SAMPAI DI TUJUAN & DITERIMA OLEH {name}",
    },
}

PLATFORM = {
    "label": (20101, "Paket sudah dikemas penjual"),
    "picked_up": (30901, "Paket telah diserahkan ke kurir"),
    "at_origin": (31001, "Paket tiba di pusat sortir {hub}"),
    "departed": (32701, "Paket dalam perjalanan ke kota tujuan\n"),
    "arrived": (31301, "Paket tiba di fasilitas {destination}"),
    "at_station": (31301, "Paket tiba di fasilitas pengantaran"),
    "out": (40501, "Paket sedang diantar ke alamat tujuan"),
    "failed": (40601, "Pengantaran gagal, kurir akan mencoba lagi"),
    "delivered": (50101, "Paket telah diterima"),
    "refused": (60101, "Paket ditolak oleh penerima"),
    "returning": (60101, "Paket dikembalikan ke penjual"),
    "returned": (80101, "Paket telah dikembalikan ke penjual"),
    "lost": (60101, "Paket hilang dalam pengiriman"),
    "cancelled": (60101, "Pesanan dibatalkan"),
}
"""Step -> (action_code, description); one code has several texts and one text several codes, as in life."""
PLACED = (10101, "Pesanan dibuat")


def phrase(courier: str, step: str, words: dict[str, str]) -> str:
    """A courier's words for a step."""
    template = _COURIERS.get(courier, {}).get(step) or _GENERAL[step]
    return template.format(**words)
