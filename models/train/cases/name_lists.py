"""Common given and family names by region, places and organisations: facts that anybody may list."""

FIRST = {
    "en": "James Mary Robert Linda Michael Susan William Karen Daniel Emily Grace Oliver Charlotte George Amelia Harry Rose Will Mark Jack Ella Joy Frank Faith Hope Bill Ryan Chloe Kevin Megan Tyler Ashley Brandon Kayla Nigel Fiona Angus Siobhan".split(),
    "es": "José María Juan Lucía Carlos Carmen Javier Isabel Diego Valentina Miguel Camila Jorge Sofía Alejandro Ximena Pablo Rocío Andrés Pilar Mateo Inés".split(),
    "fr": "Jean Marie Pierre Camille Luc Aurélie Antoine Chloé Benoît Margaux Étienne Manon Guillaume Élodie Mathieu Solène René Odile".split(),
    "de": "Hans Anna Jürgen Petra Wolfgang Sabine Lukas Lena Matthias Ulrike Felix Greta Klaus Heike Florian Annika Jörg Silke".split(),
    "it": "Marco Giulia Luca Francesca Matteo Chiara Giovanni Elena Alessandro Martina Paolo Silvia Enzo Ornella".split(),
    "pt": "João Ana Pedro Beatriz Tiago Mariana Rui Catarina Thiago Letícia Gustavo Larissa Vinícius Fernanda".split(),
    "pl": "Jan Agnieszka Piotr Katarzyna Tomasz Małgorzata Paweł Zofia Krzysztof Ewa Bartosz Jadwiga Wojciech Halina".split(),
    "ru": "Ivan Olga Dmitry Natalia Sergei Svetlana Alexei Tatiana Mikhail Yulia Nikolai Ludmila Oleksandr Oksana Vadym Iryna".split(),
    "nl": "Jan Anneke Pieter Sanne Willem Femke Joost Lieke Daan Maartje Bram Griet".split(),
    "sv": "Erik Astrid Lars Ingrid Björn Karin Nils Sigrid Anders Freja Mikkel Liv Aino Juhani Matti Kaisa".split(),
    "ar": "Mohammed Fatima Ahmed Aisha Omar Layla Yusuf Mariam Khalid Noor Hassan Salma Ibrahim Zainab Tariq Rania".split(),
    "in": "Rahul Priya Amit Anjali Vikram Sunita Arjun Deepika Ravi Lakshmi Sanjay Kavita Imran Ayesha Gurpreet Harjit".split(),
    "cn": "Wei Li Jing Fang Min Lei Yan Xiaoming Hui Jun Ying Tao Zhen Qiang Mei Bo".split(),
    "jp": "Hiroshi Yuki Takashi Sakura Kenji Aiko Haruto Yui Satoshi Naoko Daichi Hina".split(),
    "kr": "Minjun Jiwoo Seoyeon Jihoon Hyun-woo Soo-jin Dong-hyun Yuna Eun-ji Tae-yang".split(),
    "vn": "Minh Lan Hung Thao Duc Linh Tuan Huong Quang Mai Nam Trang".split(),
    "tr": "Mehmet Ayşe Mustafa Zeynep Emre Elif Ahmet Fatma Burak Derya Selin Okan".split(),
    "af": "Kwame Amina Chinedu Ngozi Thabo Lerato Kofi Abena Tendai Wanjiku Oluwaseun Zanele Juma Makena Sipho Adaeze".split(),
    "hu": "László Katalin Gábor Zsófia István Ágnes Balázs Réka Ferenc Ildikó".split(),
    "gr": "Giorgos Eleni Nikos Katerina Dimitris Sofia Kostas Ioanna Yannis Despina".split(),
    "il": "Yosef Miriam David Noa Avi Tamar Eitan Shira Moshe Yael".split(),
}
FAMILY = {
    "en": "Smith Jones Taylor Brown Wilson Evans Thomas Walker Green Hall Wood Young King Hill Baker Carter Price O'Brien McDonald Fraser Murphy Kelly Cooper Mason Cook".split(),
    "es": "García Martínez López Hernández González Pérez Rodríguez Sánchez Ramírez Torres Flores Rivera Vargas Castillo".split(),
    "fr": "Martin Bernard Dubois Lefèvre Moreau Girard Rousseau Fontaine Chevalier Lambert Mercier Gauthier".split(),
    "de": "Müller Schmidt Schneider Fischer Weber Becker Hoffmann Schäfer Koch Richter Klein Wolf Neumann Schwarz Vogel".split(),
    "it": "Rossi Russo Ferrari Bianchi Romano Colombo Ricci Marino Greco Conti Gallo Esposito".split(),
    "pt": "Silva Santos Oliveira Souza Pereira Costa Ferreira Almeida Carvalho Ribeiro Gomes".split(),
    "pl": "Nowak Kowalski Wiśniewska Wójcik Kamiński Lewandowska Zieliński Szymańska Dąbrowski Mazur".split(),
    "ru": "Ivanov Petrova Smirnov Kuznetsova Popov Sokolova Volkov Morozova Shevchenko Bondarenko Kovalenko".split(),
    "nl": "Jansen|de Vries|van den Berg|Bakker|Visser|van Dijk|Smit|de Boer|Mulder|van der Meer".split("|"),
    "sv": "Andersson Johansson Lindberg Nilsson Holm Hansen Larsen Olsen Virtanen Korhonen Nieminen Berg".split(),
    "ar": "Al-Masri|Haddad|Khoury|Rahman|Aziz|Mansour|El-Sayed|Najjar|Farouk|Bakri|bin Saleh".split("|"),
    "in": "Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Khan Das Chatterjee Mehta Kaur Rao".split(),
    "cn": "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Lin".split(),
    "jp": "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato".split(),
    "kr": "Kim Lee Park Choi Jung Kang Cho Yoon Lim Han".split(),
    "vn": "Nguyen Tran Le Pham Hoang Vu Dang Bui Do".split(),
    "tr": "Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Arslan".split(),
    "af": "Mensah Okafor Nkosi Dlamini Owusu Adeyemi Mwangi Moyo Abebe Diallo Traoré Otieno".split(),
    "hu": "Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár".split(),
    "gr": "Papadopoulos Georgiou Nikolaidis Ioannou Pappas Dimitriou Vlachos".split(),
    "il": "Cohen Levi Mizrahi Peretz Friedman Katz Shapiro".split(),
}
REGIONS = sorted(FIRST)

PLACES = (
    "Paris|London|Berlin|Madrid|Rome|Vienna|Lisbon|Dublin|Oslo|Stockholm|Helsinki|Copenhagen|Warsaw|Prague|Budapest|Athens|Istanbul|Moscow|Kyiv|"
    "Bucharest|Sofia|Zagreb|Belgrade|Brussels|Amsterdam|Zürich|Geneva|Munich|Hamburg|Cologne|Lyon|Marseille|Barcelona|Seville|Naples|Milan|Turin|"
    "New York|Los Angeles|Chicago|Houston|Boston|Seattle|Miami|Denver|Atlanta|Detroit|San Francisco|San Diego|Portland|Phoenix|Austin|Nashville|"
    "Toronto|Montreal|Vancouver|Ottawa|Calgary|Mexico City|Guadalajara|Havana|Bogotá|Lima|Quito|Santiago|Buenos Aires|São Paulo|Rio de Janeiro|"
    "Brasília|Montevideo|La Paz|Caracas|Kingston|Cairo|Lagos|Nairobi|Accra|Dakar|Cape Town|Johannesburg|Addis Ababa|Casablanca|Tunis|Algiers|Kampala|"
    "Delhi|Mumbai|Kolkata|Chennai|Bangalore|Karachi|Lahore|Dhaka|Colombo|Kathmandu|Tokyo|Osaka|Kyoto|Sapporo|Seoul|Busan|Beijing|Shanghai|Shenzhen|"
    "Hong Kong|Taipei|Hanoi|Ho Chi Minh City|Bangkok|Manila|Jakarta|Bali|Singapore|Kuala Lumpur|Sydney|Melbourne|Perth|Auckland|Wellington|Suva|"
    "Tehran|Baghdad|Riyadh|Dubai|Doha|Beirut|Jerusalem|Tel Aviv|Amman|Kabul|Tashkent|Baku|Tbilisi|Yerevan|Ulaanbaatar|"
    "France|Germany|Spain|Italy|Portugal|Poland|Greece|Turkey|Russia|Ukraine|Norway|Sweden|Finland|Denmark|Iceland|Ireland|Scotland|Wales|England|"
    "the United Kingdom|the United States|USA|UK|Canada|Mexico|Brazil|Argentina|Chile|Peru|Colombia|Cuba|Jamaica|Haiti|Egypt|Morocco|Nigeria|Ghana|"
    "Kenya|Ethiopia|Tanzania|South Africa|Zimbabwe|Senegal|India|Pakistan|Bangladesh|Sri Lanka|Nepal|China|Japan|South Korea|North Korea|Vietnam|"
    "Thailand|Indonesia|Malaysia|the Philippines|Australia|New Zealand|Iran|Iraq|Israel|Jordan|Lebanon|Syria|Saudi Arabia|Qatar|Georgia|Armenia|"
    "California|Texas|Florida|Ohio|Virginia|Bavaria|Tuscany|Catalonia|Normandy|Punjab|Kerala|Ontario|Quebec|Queensland|Hokkaido|Siberia|Patagonia|"
    "Europe|Africa|Asia|South America|the Alps|the Andes|the Rhine|the Nile|the Amazon|Mount Kenya|Lake Victoria|the Black Sea|the Pacific|Loch Ness|"
    "Brooklyn|Queens|Harlem|Soho|Camden|Brixton|Kreuzberg|Montmartre|Shibuya|Bondi Beach|Central Park|Oxford Street|Times Square|Heathrow|Yorkshire|"
    "Kent|Essex|Cornwall|Leeds|Bristol|Cardiff|Glasgow|Belfast|Cork|Galway|Reading|Bath|Nice|Mobile|Split|Bergen|Graz|Ghent|Porto|Kraków|Gdańsk"
).split("|")

ORGS = (
    "the United Nations|UNESCO|UNICEF|the World Bank|the European Union|the EU|NATO|NASA|ESA|CERN|the WHO|the Red Cross|Amnesty International|"
    "Greenpeace|Interpol|FIFA|UEFA|the FBI|the BBC|CNN|Reuters|the New York Times|The Guardian|Le Monde|Der Spiegel|Toyota|Honda|Siemens|Bosch|"
    "Samsung|Sony|Nintendo|Microsoft|Google|Apple|Amazon|IBM|Intel|Nokia|Ericsson|Volvo|IKEA|Nestlé|Unilever|Shell|BP|Total|Airbus|Boeing|Lufthansa|"
    "Air France|Ryanair|Deutsche Bank|HSBC|Barclays|Santander|JPMorgan|Goldman Sachs|Visa|Mastercard|PayPal|Netflix|Spotify|Disney|Pfizer|Bayer|"
    "Novartis|Tata|Infosys|Alibaba|Tencent|Huawei|Hyundai|LG|Petrobras|Walmart|Tesco|Aldi|Starbucks|McDonald's|Coca-Cola|Harvard|MIT|"
    "Oxford University|Stanford University|the Sorbonne|the University of Tokyo|Manchester United|Liverpool FC|Arsenal|Real Madrid|Juventus|"
    "Bayern Munich|Ajax|Boca Juniors|the Chicago Bulls|the New York Yankees|Twitter|Facebook|YouTube|the Labour Party|Congress|the Senate|Parliament"
).split("|")
ORG_ENDS = "Inc.|Ltd|GmbH|LLC|Corp|Group|Holdings|Bank|Airlines|Foods|Media|Records|Pharma|Steel|Motors|Energy|Partners LLP|S.A.|AG|plc|Foundation|Consulting|Books|Brewery|& Co".split("|")
ORG_KINDS = (
    "University of {}|Bank of {}|{} City Council|{} Police|FC {}|{} United|{} General Hospital|the {} Museum|{} Airport Authority|"
    "{} High School|the {} Symphony Orchestra|Radio {}|the {} Chamber of Commerce|{} Times|{} Rovers|{} Water Works"
).split("|")
