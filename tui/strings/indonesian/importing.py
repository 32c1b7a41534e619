"""`pantau import`, and the watched folder of a shop whose orders come in files."""

TEXT = {
    "import.no_shop": "Belum ada toko di config.toml: berkas selalu dibaca untuk sebuah toko. Tulis baris ini di sana:",
    "import.unknown_shop": "Tidak ada toko {name} di config.toml; yang ada: {names}",
    "import.which_shop": "Untuk toko yang mana? Sebutkan dengan --shop: {names}",
    "file.problem.no_file": "berkasnya tidak ada. Periksa nama dan foldernya.",
    "problem.no_folder": "Folder berkas (watch_dir) tidak ada atau tidak boleh dibaca",
    "problem.bad_export": "Ada berkas yang tidak bisa dipakai (lihat I)",
}
